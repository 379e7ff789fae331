import type { DomElement } from '../dom/dom-element.ts';
import { attributeOf } from '../dom/html-document.ts';

const formControls = new Set('button fieldset input optgroup option select textarea'.split(' '));
const requirable = new Set(['input', 'select', 'textarea']);

/** Whether an element is in the state that a pseudo-class without arguments names. */
export function isInState(element: DomElement, name: string): boolean {
  const { node, parent, isHtml } = element;
  const has = (attribute: string) => attributeOf(node, attribute) !== undefined;
  const isNamed = (names: ReadonlySet<string>) => isHtml && names.has(element.name);
  switch (name) {
    case 'root':
      return parent === undefined;
    case 'empty':
      return node.childNodes.every((child) => child.nodeName === '#comment');
    case 'link':
    case 'any-link':
    case '-webkit-any-link':
      return (element.name === 'a' || element.name === 'area') && has('href');
    case 'first-child':
      return element.position === 1;
    case 'last-child':
      return parent === undefined || parent.children.length === element.position;
    case 'only-child':
      return parent === undefined || parent.children.length === 1;
    case 'open':
      return ['details', 'dialog'].includes(element.name) && has('open');
    case 'checked':
      return (element.name === 'input' && has('checked')) || (element.name === 'option' && has('selected'));
    case 'disabled':
      return isNamed(formControls) && has('disabled');
    case 'enabled':
      return isNamed(formControls) && !has('disabled');
    case 'required':
      return isNamed(requirable) && has('required');
    case 'optional':
      return isNamed(requirable) && !has('required');
    case 'placeholder-shown':
      return has('placeholder') && (attributeOf(node, 'value') ?? '') === '';
    case 'read-write':
      return isWritable(element);
    case 'read-only':
      return !isWritable(element);
    case 'invalid':
      return isNamed(requirable) && isInvalid(element);
    case 'valid':
      return isNamed(requirable) && !isInvalid(element);
    case 'defined':
      return !isHtml || !element.name.includes('-');
    default:
      return false;
  }
}

/** Whether a field that has to be filled in is empty, which is all that a browser can say of one that nobody touches. */
function isInvalid({ name, node }: DomElement): boolean {
  const has = (attribute: string) => attributeOf(node, attribute) !== undefined;
  if (!has('required') || has('disabled') || has('readonly')) return false;
  if (name === 'textarea') return node.childNodes.length === 0;
  if (name === 'select') return node.childNodes.every(({ nodeName }) => nodeName !== 'option');
  const isBox = /^(?:checkbox|radio)$/i.test(attributeOf(node, 'type') ?? '');
  return isBox ? !has('checked') : (attributeOf(node, 'value') ?? '') === '';
}

function isWritable({ name, node }: DomElement): boolean {
  const isEditable = (attributeOf(node, 'contenteditable') ?? 'false') !== 'false';
  const isLocked = attributeOf(node, 'readonly') !== undefined || attributeOf(node, 'disabled') !== undefined;
  return isEditable || ((name === 'input' || name === 'textarea') && !isLocked);
}
