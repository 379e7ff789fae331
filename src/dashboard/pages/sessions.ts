import { html } from '../html/html.ts';
import { moment, section, table } from '../html/parts.ts';
import type { Action, Page } from '../page.ts';

/** The browser and the system that a User-Agent names, if it is one of the usual. */
function browserName(userAgent: string): string {
  const browser = /(Firefox|Edg|OPR|HeadlessChrome|Chrome|Safari)\/(\d+)/.exec(userAgent);
  const system = /(Windows|Mac OS X|Android|iPhone|iPad|Linux|CrOS)/.exec(userAgent);
  if (browser === null) return userAgent === '' ? 'unknown' : userAgent.slice(0, 60);
  return `${browser[1] ?? ''} ${browser[2] ?? ''}${system === null ? '' : `, ${system[1] ?? ''}`}`;
}

export const sessionsPage: Page = {
  path: '/sessions',
  section: '/sessions',
  navigation: 'Sessions',
  async render(call) {
    const rows = (await call.sessions.list()).map(({ name, tokenName, createdMs, lastUsedMs, browser }) => [
      html`${browserName(browser)}${name === call.session.name && html` <small>this one</small>`}`,
      tokenName,
      moment(createdMs),
      moment(lastUsedMs),
      call.form(`/sessions/${name}/end`, html`<button>End</button>`),
    ]);
    const columns = ['Browser', 'Token', 'Opened', 'Last used', 'End it'];
    return {
      title: 'Sessions',
      main: section(
        { id: 'sessions', title: 'Browsers that are signed in', live: 'tokens' },
        html`<p>
          A session ends after a day without use, after two weeks, when you end it, and when its token is revoked.
        </p> `,
        table('Sessions', columns, rows),
      ),
    };
  },
};

export const sessionActions: readonly Action[] = [
  {
    path: '/sessions/{name}/end',
    async run(_form, call) {
      const name = call.fields.name ?? '';
      await call.sessions.end(name);
      const isOwn = name === call.session.name;
      return { to: isOwn ? '/' : call.link('/sessions'), notice: 'The session was ended.' };
    },
  },
];
