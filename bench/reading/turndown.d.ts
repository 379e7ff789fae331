declare module 'turndown' {
  export default class TurndownService {
    turndown(html: string): string;
  }
}
declare module 'html-to-text' {
  export function convert(html: string): string;
}
