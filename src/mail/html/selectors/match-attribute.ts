import type { DomElement } from '../dom/dom-element.ts';
import type { AttributeTest } from './selector.ts';

/** Attributes of HTML whose values are compared without case (HTML standard, section 4.16.2). */
const caselessAttributes = new Set(
  'accept accept-charset align alink axis bgcolor charset checked clear codetype color compact declare defer dir direction disabled enctype face frame hreflang http-equiv lang language link media method multiple nohref noresize noshade nowrap readonly rel rev rules scope scrolling selected shape target text type valign valuetype vlink'.split(
    ' ',
  ),
);

/** Whether an element has the attribute, with a value as the test wants it. */
export function matchesAttribute({ node, isHtml }: DomElement, test: AttributeTest): boolean {
  const name = isHtml ? test.name.toLowerCase() : test.name;
  const attribute = node.attrs.find((one) => one.name === name);
  if (attribute === undefined) return false;
  if (test.operator === '') return true;
  const isCaseless = test.flag === 'i' || (test.flag === '' && isHtml && caselessAttributes.has(name));
  const [value, wanted] = isCaseless
    ? [attribute.value.toLowerCase(), test.value.toLowerCase()]
    : [attribute.value, test.value];
  switch (test.operator) {
    case '=':
      return value === wanted;
    case '~=':
      return wanted !== '' && !/\s/.test(wanted) && value.split(/\s+/).includes(wanted);
    case '|=':
      return value === wanted || value.startsWith(`${wanted}-`);
    case '^=':
      return wanted !== '' && value.startsWith(wanted);
    case '$=':
      return wanted !== '' && value.endsWith(wanted);
    case '*=':
      return wanted !== '' && value.includes(wanted);
  }
}
