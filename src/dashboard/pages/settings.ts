import { shownEnvironment } from '../../core/running-environment.ts';
import { readSettings } from '../../core/settings.ts';
import { readSharedSettings } from '../../core/shared-settings.ts';
import { showVariables } from '../../core/variable-origin.ts';
import { finding, runDoctor } from '../../operations/admin/run-doctor.ts';
import * as z from 'zod';
import { html } from '../html/html.ts';
import { nothing, section, state, table, withCode, type Tone } from '../html/parts.ts';
import type { Page } from '../page.ts';

const origins = {
  environment: 'environment',
  servers: 'environment of the supervisor',
  settings: 'settings file',
  shared: 'all hosts',
  default: 'default',
} as const;

export const settingsPage: Page = {
  path: '/settings',
  section: '/settings',
  navigation: 'Settings',
  async render(call) {
    const { folder, runFolder } = call.home;
    const { values, faults } = readSettings(folder);
    const servers = shownEnvironment(runFolder);
    const shared = readSharedSettings(folder, call.configuration.store).values;
    const shown = showVariables({ environment: {}, servers, settings: values, shared });
    const rows = shown.map(({ name, value, origin, meaning }) => [
      html`<span class="mono">${name}</span>`,
      value === undefined ? '–' : html`<span class="mono">${value}</span>`,
      origin === 'default' ? html`<span class="dim">default</span>` : origins[origin],
      withCode(meaning),
    ]);
    return {
      title: 'Settings',
      main: html`${
        faults.length > 0 &&
        section(
          { id: 'faults', title: 'Faults of the file' },
          html`<ul class="needs">
            ${faults.map((fault) => html`<li>${fault}</li>`)}
          </ul>`,
        )
      }${section(
        {
          id: 'settings',
          title: 'Every variable',
          aside: html`<a class="button" href="${call.link('/doctor')}">Check everything</a>`,
        },
        html`<p class="dim">
          <code>gmail-llm config set NAME VALUE</code> changes one; running servers take it up when they are restarted.
          Secrets are not shown.
        </p>`,
        table('Settings', ['Variable', 'Value', 'From', 'What it means'], rows),
      )}`,
    };
  },
};

const tones: Readonly<Record<z.output<typeof finding>['state'], Tone>> = {
  ok: 'good',
  warning: 'warn',
  fault: 'bad',
  skipped: 'off',
};

export const doctorPage: Page = {
  path: '/doctor',
  section: '/settings',
  async render(call) {
    const { findings } = await call.read(runDoctor, z.object({ findings: z.array(finding) }), {});
    const rows = findings.map(({ name, state: of, found, fix }) => [name, state(tones[of], of), found, fix ?? '–']);
    return {
      title: 'What doctor finds',
      main: section(
        { id: 'findings', title: 'Checked just now' },
        rows.length === 0
          ? nothing('Nothing was checked.')
          : table('Findings', ['What', 'State', 'Found', 'What to do'], rows),
      ),
    };
  },
};
