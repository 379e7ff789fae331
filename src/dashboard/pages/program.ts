import { AppError } from '../../core/errors.ts';
import { FaultAnswer } from '../../core/supervisor/rpc-client.ts';
import { linePlot } from '../html/line-plot.ts';
import { html, type Html, type Part } from '../html/html.ts';
import { duration, facts, moment, nothing, section, size, table } from '../html/parts.ts';
import type { Action, Page } from '../page.ts';
import type { PageCall } from '../page-call.ts';
import { sampleSlots, type Program, type Samples } from '../supervisor.ts';
import { programState } from './program-state.ts';

const verbs = ['restart', 'stop', 'start'] as const;
type Verb = (typeof verbs)[number];

/** What stands behind a button, for whoever is about to press it. */
function meaning(verb: Verb, { name }: Program): string {
  const isDashboard = name === 'gmail-dashboard';
  switch (verb) {
    case 'restart':
      return isDashboard
        ? 'A new process takes over this page, then the old one ends. Your session stays.'
        : 'A new process is ready before the old one ends: no call is refused, calls under way are finished.';
    case 'stop':
      return isDashboard
        ? 'This page goes away until `gmail-llm ctl start gmail-dashboard`.'
        : 'Agents and programs that use it are refused until it is started again. Calls under way are finished first.';
    case 'start':
      return 'It starts with the settings as they are now.';
  }
}

const words: Readonly<Record<Verb, string>> = { restart: 'Restart', stop: 'Stop', start: 'Start' };
const done: Readonly<Record<Verb, string>> = { restart: 'restarted', stop: 'stopped', start: 'started' };

async function programNamed({ supervisor, fields }: PageCall): Promise<Program> {
  const programs = await supervisor.programs();
  const program = programs?.find(({ name }) => name === fields.name);
  if (program !== undefined) return program;
  throw new AppError('NOT_FOUND', `There is no program ${fields.name ?? ''}.`, {
    hint: programs === undefined ? 'No supervisor runs here: `gmail-llm up` starts one.' : 'The page Now lists them.',
  });
}

function actionsSection(program: Program, call: PageCall): Html {
  const isUp = program.pid !== 0;
  const possible = verbs.filter((verb) => (verb === 'start') !== isUp);
  const rows = possible.map(
    (verb) =>
      html`<li>
        ${call.form(`/programs/${program.name}/${verb}`, html`<button>${words[verb]} ${program.name}</button>`)}
        <p>${meaning(verb, program)}</p>
      </li> `,
  );
  return section(
    { id: 'actions', title: 'What you can do', live: 'processes' },
    html`<ul class="actions">
      ${rows}
    </ul> `,
  );
}

function mostOf(values: readonly (number | undefined)[]): string {
  return Math.max(0, ...values.map((value) => value ?? 0)).toFixed(1);
}

/** The last hour, which the supervisor keeps: it outlives the program. */
function usageSection(samples: Samples | undefined): Html | undefined {
  if (samples === undefined || samples.cpuPercent.length < 2) return undefined;
  const { cpuPercent, rssMegabytes } = samples;
  const options = { slots: sampleSlots };
  return section(
    { id: 'usage', title: 'The last hour', live: 'figures' },
    html`<div class="pair">
      <div>
        ${linePlot('CPU over the last hour', cpuPercent, options)}
        <p class="dim">CPU; at most ${mostOf(cpuPercent)} %.</p>
      </div>
      <div>
        ${linePlot('Memory over the last hour', rssMegabytes, options)}
        <p class="dim">Memory; at most ${mostOf(rssMegabytes)} MB.</p>
      </div>
    </div>`,
  );
}

export const programPage: Page = {
  path: '/programs/{name}',
  section: '/',
  async render(call) {
    const [program, samples] = await Promise.all([programNamed(call), call.supervisor.samples()]);
    const { name, pid, description, uptimeSeconds, restarts, cpuPercent, rssBytes, deaths } = program;
    const rows: readonly (readonly [string, Part])[] = [
      ['State', programState(program)],
      // Of one that runs it only repeats what follows.
      ...(pid === 0 && description !== '' ? [['Says', description] as const] : []),
      ['Process', pid === 0 ? 'none' : `pid ${pid}`],
      ['Up for', pid === 0 ? '–' : duration(uptimeSeconds)],
      ['Restarts', String(restarts)],
      ['CPU since its start', `${cpuPercent.toFixed(1)} %`],
      ['Memory', size(rssBytes)],
    ];
    return {
      title: name,
      main: html`${section(
        { id: 'state', title: 'State', live: 'processes figures' },
        facts(rows),
      )}${usageSection(samples.get(program.name))}${actionsSection(program, call)}${section(
        { id: 'ends', title: 'Last ends', live: 'processes' },
        deaths.length === 0
          ? nothing('It has not ended since the supervisor started.')
          : table(
              'Last ends',
              ['When', 'Why'],
              deaths.toReversed().map(({ time, reason }) => [moment(Date.parse(time)), reason]),
            ),
      )}`,
    };
  },
};

export const programActions: readonly Action[] = verbs.map((verb) => ({
  path: `/programs/{name}/${verb}`,
  async run(_form, call) {
    const { name, fullName } = await programNamed(call);
    try {
      await call.supervisor.act(verb, fullName);
    } catch (error) {
      if (!(error instanceof FaultAnswer)) throw error;
      throw new AppError(
        'UNAVAILABLE',
        `${name} was not ${done[verb]}: ${error.message}.`,
        {
          hint: `Read the end of logs/${name}.log.`,
        },
        error,
      );
    }
    return { to: call.link(`/programs/${name}`), notice: `${name} was ${done[verb]}.` };
  },
}));
