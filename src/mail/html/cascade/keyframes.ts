import { readDeclarations } from '../css/declarations.ts';
import type { RawBlock } from '../css/parse-sheet.ts';
import { TokenType, type CSSToken } from '../css/tokens.ts';
import type { Keyframe } from './style-rules.ts';

const maxKeyframes = 200;

/** The steps of an `@keyframes` rule, in the order of their time. */
export function readKeyframes(block: RawBlock, isQuirky: boolean): readonly Keyframe[] {
  const frames = block.slice(0, maxKeyframes).flatMap((item) => {
    if ('property' in item || item.name !== '') return [];
    const declarations = readDeclarations(
      (item.block ?? []).filter((one) => 'property' in one),
      isQuirky,
    );
    return item.prelude.flatMap(timeOf).map((at) => ({ at, declarations }));
  });
  return frames.toSorted((one, other) => one.at - other.at);
}

function timeOf(token: CSSToken): number[] {
  if (token[0] === TokenType.Percentage) return [token[4].value / 100];
  if (token[0] !== TokenType.Ident) return [];
  const name = token[4].value.toLowerCase();
  return name === 'from' ? [0] : name === 'to' ? [1] : [];
}
