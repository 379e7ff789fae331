import { degreesOf, initialLengths, numberOf, pixelsOf, shareOf, type LengthContext } from './length.ts';
import { splitAtCommas, type FunctionValue, type Value } from './tokens.ts';

/** How a transform maps a point: x' = a·x + c·y + e, y' = b·x + d·y + f (CSS Transforms, as far as it is flat). */
export interface Matrix {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly d: number;
  readonly e: number;
  readonly f: number;
}

export const identity: Matrix = { a: 1, b: 0, c: 0, d: 1, e: 0, f: 0 };

/** The map that does `inner` first. */
export function multiply(outer: Matrix, inner: Matrix): Matrix {
  return {
    a: outer.a * inner.a + outer.c * inner.b,
    b: outer.b * inner.a + outer.d * inner.b,
    c: outer.a * inner.c + outer.c * inner.d,
    d: outer.b * inner.c + outer.d * inner.d,
    e: outer.a * inner.e + outer.c * inner.f + outer.e,
    f: outer.b * inner.e + outer.d * inner.f + outer.f,
  };
}

/** What percentages in a transform are of. */
export interface TransformBox {
  readonly lengths: LengthContext;
  readonly width: number;
  readonly height: number;
}

const anyBox: TransformBox = { lengths: initialLengths, width: 100, height: 100 };

const maxFunctions = 64;

/** The map of a `transform` value; undefined where it is invalid. */
export function parseTransform(values: readonly Value[], box: TransformBox = anyBox): Matrix | undefined {
  if (values.length === 0 || values.length > maxFunctions) return undefined;
  let matrix = identity;
  for (const value of values) {
    const next = value.kind === 'function' ? functionMatrix(value, box) : undefined;
    if (next === undefined) return undefined;
    matrix = multiply(matrix, next);
  }
  return isBehindEye(values) ? { ...matrix, a: 0, b: 0, c: 0, d: 0 } : matrix;
}

/** Whether what is moved towards the eye is moved past it. */
function isBehindEye(values: readonly Value[]): boolean {
  let [distance, moved] = [Number.POSITIVE_INFINITY, 0];
  for (const value of values) {
    const arg = value.kind === 'function' ? splitAtCommas(value.values).at(-1)?.[0] : undefined;
    const pixels = arg === undefined ? undefined : pixelsOf(arg);
    if (value.kind !== 'function' || pixels === undefined) continue;
    if (value.name === 'perspective') distance = Math.max(1, pixels);
    if (value.name === 'translatez' || value.name === 'translate3d') moved += pixels;
  }
  return moved >= distance;
}

function functionMatrix({ name, values }: FunctionValue, box: TransformBox): Matrix | undefined {
  const args = splitAtCommas(values);
  const all = args.map((arg) => (arg.length === 1 ? arg[0] : undefined));
  const isCount = (least: number, most: number) => all.length >= least && all.length <= most;
  switch (name) {
    case 'translate':
      return isCount(1, 2) ? translation(all[0], args.length < 2 ? zero : all[1], box) : undefined;
    case 'translatex':
      return isCount(1, 1) ? translation(all[0], zero, box) : undefined;
    case 'translatey':
      return isCount(1, 1) ? translation(zero, all[0], box) : undefined;
    case 'translatez':
      return isCount(1, 1) ? identity : undefined;
    case 'translate3d':
      return isCount(3, 3) ? translation(all[0], all[1], box) : undefined;
    case 'scale':
      return isCount(1, 2) ? scaling(all[0], args.length < 2 ? all[0] : all[1]) : undefined;
    case 'scalex':
      return isCount(1, 1) ? scaling(all[0], unit) : undefined;
    case 'scaley':
      return isCount(1, 1) ? scaling(unit, all[0]) : undefined;
    case 'scalez':
      return isCount(1, 1) ? identity : undefined;
    case 'scale3d':
      return isCount(3, 3) ? scaling(all[0], all[1]) : undefined;
    case 'rotate':
    case 'rotatez':
    case 'rotatex':
    case 'rotatey':
      return isCount(1, 1) ? rotation(name.slice('rotate'.length), all[0]) : undefined;
    case 'rotate3d':
      return isCount(4, 4) ? rotationAround(all) : undefined;
    case 'skew':
    case 'skewx':
    case 'skewy':
      return isCount(1, name === 'skew' ? 2 : 1) ? skewing(name, all) : undefined;
    case 'matrix':
      return isCount(6, 6) ? flatMatrix(all) : undefined;
    case 'matrix3d':
      return isCount(16, 16) ? flatMatrix([0, 1, 4, 5, 12, 13].map((index) => all[index])) : undefined;
    case 'perspective':
      return identity;
    default:
      return undefined;
  }
}

const zero: Value = { kind: 'number', value: 0 };
const unit: Value = { kind: 'number', value: 1 };

export function translation(x: Value | undefined, y: Value | undefined, box: TransformBox): Matrix | undefined {
  const e = x === undefined ? undefined : pixelsOf(x, { ...box.lengths, percentBase: box.width });
  const f = y === undefined ? undefined : pixelsOf(y, { ...box.lengths, percentBase: box.height });
  return e === undefined || f === undefined ? undefined : { ...identity, e, f };
}

export function scaling(x: Value | undefined, y: Value | undefined): Matrix | undefined {
  const a = x === undefined ? undefined : shareOf(x);
  const d = y === undefined ? undefined : shareOf(y);
  return a === undefined || d === undefined ? undefined : { ...identity, a, d };
}

/** Around an axis: `x` and `y` turn away from the eye, so that what is seen gets narrow. */
export function rotation(axis: string, angle: Value | undefined): Matrix | undefined {
  const degrees = angle === undefined ? undefined : degreesOf(angle);
  if (degrees === undefined) return undefined;
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  if (axis === 'x') return { ...identity, d: cos };
  if (axis === 'y') return { ...identity, a: cos };
  return { ...identity, a: cos, b: sin, c: -sin, d: cos };
}

function rotationAround([x, y, z, angle]: readonly (Value | undefined)[]): Matrix | undefined {
  const axis = [x, y, z].map((value) => (value === undefined ? undefined : numberOf(value)));
  const degrees = angle === undefined ? undefined : degreesOf(angle);
  const [u, v, w] = axis;
  if (u === undefined || v === undefined || w === undefined || degrees === undefined) return undefined;
  const length = Math.hypot(u, v, w);
  if (length === 0) return identity;
  const [i, j, k] = [u / length, v / length, w / length];
  const cos = Math.cos((degrees * Math.PI) / 180);
  const sin = Math.sin((degrees * Math.PI) / 180);
  return {
    a: cos + i * i * (1 - cos),
    b: j * i * (1 - cos) + k * sin,
    c: i * j * (1 - cos) - k * sin,
    d: cos + j * j * (1 - cos),
    e: 0,
    f: 0,
  };
}

function skewing(name: string, args: readonly (Value | undefined)[]): Matrix | undefined {
  const degrees = args.map((value) => (value === undefined ? undefined : degreesOf(value)));
  if (degrees.includes(undefined)) return undefined;
  const [first = 0, second = 0] = degrees.map((one) => Math.tan(((one ?? 0) * Math.PI) / 180));
  if (name === 'skewy') return { ...identity, b: first };
  return { ...identity, c: first, b: second };
}

function flatMatrix(args: readonly (Value | undefined)[]): Matrix | undefined {
  const [a, b, c, d, e, f] = args.map((value) => (value === undefined ? undefined : numberOf(value)));
  if (a === undefined || b === undefined || c === undefined || d === undefined) return undefined;
  return e === undefined || f === undefined ? undefined : { a, b, c, d, e, f };
}
