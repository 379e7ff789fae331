import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import type { TestDashboard } from './dashboard-server.ts';

const browserPath = '/usr/bin/chromium';
/** Why browser tests cannot run here, or false. */
export const skip = existsSync(browserPath)
  ? (false as const)
  : 'needs Chromium: apt-get install -y --no-install-recommends chromium';

/** What a page did that it must not. */
export interface Complaints {
  /** Requests to anywhere but the dashboard. */
  readonly outside: string[];
  /** Errors and violations of the content policy that the browser reported. */
  readonly errors: string[];
}

export async function openBrowser(context: Pick<TestContext, 'after'>): Promise<BrowserContext> {
  const browser = await chromium.launch({ executablePath: browserPath, args: ['--no-sandbox'] });
  context.after(() => browser.close());
  return openContext(browser, { viewport: { width: 1280, height: 900 } });
}

/** A profile of its own in a browser. A machine with other work to do is given its time. */
export async function openContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(90_000);
  return context;
}

/** Notes what a page complains of from now on. */
export function listen(page: Page, url: string): Complaints {
  const complaints: Complaints = { outside: [], errors: [] };
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith('data:')) complaints.outside.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.errors.push(message.text());
  });
  page.on('pageerror', (error) => complaints.errors.push(error.message));
  return complaints;
}

/** Follows a one-time link as a person does. Returns the address of the session, without a slash at its end. */
export async function enter(page: Page, dashboard: TestDashboard): Promise<string> {
  await page.goto(`${dashboard.url}${dashboard.link()}`);
  await page.waitForURL(/\/s\/[\w-]{22}\/$/);
  return page.url().slice(0, -1);
}
