import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { match } from '../../src/dashboard/router.ts';
import { actions } from '../../src/dashboard/pages.ts';
import { seedJob } from '../safety/seed-job.ts';
import { seedOutbox } from '../safety/seed-outbox.ts';
import { seedWebhook } from '../safety/seed-webhook.ts';
import { makeHome, program, startSupervisor } from '../supervisor/harness.ts';
import { agentOf } from './agent.ts';
import { enter, listen, openBrowser, skip } from './browser.ts';
import { startDashboard } from './dashboard-server.ts';

const account = 'demo@gmail-llm.example';
/** More than any page has places. */
const mostTabs = 250;

/** A home with something for every action: a program, messages, a change, a webhook, a job, a label. */
async function startWorld(t: TestContext) {
  const home = makeHome(t, program('sleeper', 'sleep 600'));
  await startSupervisor(t, home);
  const { folder, dataFolder } = home;
  const dashboard = await startDashboard(t, { GMAIL_HOME: folder });
  writeFileSync(join(folder, 'policy.json'), '{"sending": "confirm", "egress": {"allow": ["http://127.0.0.1:9"]}}');
  const asAgent = agentOf(dashboard);
  await asAgent('create_label', { name: 'Projects' });
  const { messages } = (await asAgent('search_messages', { q: 'in:inbox', maxResults: 1 })) as unknown as {
    messages: readonly { readonly id: string }[];
  };
  const { outboxId = '' } = await asAgent('send_message', { to: ['ann@example.net'], subject: 'One', body: 'Hello' });
  const several = await asAgent('send_message', { to: ['bob@example.net'], subject: 'Two', body: 'Hello' });
  const seeded = await seedOutbox(dataFolder, { account, to: 'carl@example.net' });
  await seedWebhook(dataFolder, 'wh_one');
  await seedJob(dataFolder);
  return { dashboard, seeded, outboxId, several: several.outboxId ?? '', mail: `/mail/${account}/${messages[0]?.id}` };
}

/** A person without a mouse. */
function handsOf(page: Page, base: string) {
  const focused = () =>
    page.evaluate(
      `(document.activeElement.labels?.[0]?.textContent ?? document.activeElement.textContent).replace(/\\s+/g, ' ').trim()`,
    );
  /** Goes on with Tab to what has this name, its label or its own text; on a new page past the navigation. */
  const reach = async (name: string): Promise<void> => {
    const isNew = await page.evaluate('document.activeElement === document.body');
    if (isNew === true && name !== 'Sign out') {
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
    }
    for (let tabs = 0; tabs < mostTabs; tabs++) {
      if ((await focused()) === name) return;
      await page.keyboard.press('Tab');
    }
    assert.fail(`${page.url()}: Tab does not reach ${name}`);
  };
  const hands = {
    go: (path: string) => page.goto(`${base}${path}`),
    reach,
    /** Presses Enter on a button or a link, and waits for what it leads to. */
    async press(name: string): Promise<void> {
      await reach(name);
      await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);
    },
    async type(name: string, text: string): Promise<void> {
      await reach(name);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.type(text);
    },
    async tick(name: string): Promise<void> {
      await reach(name);
      await page.keyboard.press('Space');
    },
    notice: () => page.getByRole('status').innerText(),
    /** Presses a button and looks at what the page says of it. */
    async act(name: string, expected: RegExp): Promise<void> {
      await hands.press(name);
      assert.match(await hands.notice(), expected, name);
    },
  };
  return hands;
}

test('every action is done by keyboard alone', { skip, timeout: 280_000 }, async (t) => {
  const { dashboard, seeded, outboxId, several, mail } = await startWorld(t);
  const page = await (await openBrowser(t)).newPage();
  const complaints = listen(page, dashboard.url);
  const base = await enter(page, dashboard);
  const posted = new Set<string | undefined>();
  page.on('request', (request) => {
    const path = new URL(request.url()).pathname.replace(new URL(base).pathname, '');
    if (request.method() === 'POST') posted.add(match(actions, path)?.found.path);
  });
  const { go, press, type, tick, act } = handsOf(page, base);

  await go('/');
  await press('sleeper');
  await act('Stop sleeper', /stopped/);
  await act('Start sleeper', /started/);
  await act('Restart sleeper', /restarted/);

  await go(`/outbox/${outboxId}`);
  await tick('Change it first');
  await type('Subject', 'One of May');
  await act('Keep the change', /Changed: it waits on/);
  await act('Send this message', /was sent/);
  await go(`/outbox/${seeded.rejectable}`);
  await type('Reason, for whoever asked', 'Not now');
  await act('Reject', /Rejected/);
  await go(`/outbox/${seeded.waiting}`);
  await act('Take it back', /Taken back/);
  await go(`/outbox/${seeded.failed}`);
  await press('Try again');
  await go(`/outbox/${several}`);
  await go('/approvals');
  await tick('opened Two');
  await act('Send those that are chosen', /1 message approved/);

  await go(mail);
  await act('Star', /labels were changed/);
  await act('To the trash', /Moved to the trash/);
  await act('Out of the trash', /Taken out/);
  await go('/audit');
  await press('Add STARRED on 1 message');
  await act('Take this change back', /Taken back/);

  await go('/jobs');
  await act('Run tidy', /tidy is due now/);

  await go('/events');
  await type('Address', 'http://127.0.0.1:9/mail');
  await tick('labelsChanged');
  await act('Add', /Its secret, shown only now/);
  await act('Test', /Not delivered/);
  await act('New secret', /The new secret/);
  await act('Turn off', /is off/);
  await act('Turn on', /is on/);
  await act('Remove', /is forgotten/);
  await go('/events/wh_one');
  await act('Send again messageAdded 1', /due now/);

  await go('/tokens');
  await type('Name', 'helper');
  await act('Create', /The token helper, shown only now/);
  await act('Revoke helper', /worthless/);

  await go('/sessions');
  await press('End');
  assert.equal(await page.locator('h1').innerText(), 'Open your page', 'its own session was ended');
  await enter(page, dashboard);
  await press('Sign out');
  assert.equal(await page.locator('h1').innerText(), 'Open your page');

  const missed = actions.map(({ path }) => path).filter((path) => !posted.has(path));
  assert.deepEqual(missed, [], 'each action was done');
  // A browser that follows the stream of a session that was ended.
  const errors = complaints.errors.filter((error) => !error.includes('401'));
  assert.deepEqual({ ...complaints, errors }, { outside: [], errors: [] });
});
