/** Does the GPU multiply matrices rightly? The same product is computed on the CPU. */
import { halfBits, halfValue } from './half';
import { MATRIX_SIZE, matrixProduct, type Scalar } from './shaders';
import { compute, readBack, type Workbench } from './workbench';

export interface ProductCheck {
  /** Entries of the product, and how many of them differ from the CPU's. */
  entries: number;
  wrong: number;
}

const ENTRIES = MATRIX_SIZE * MATRIX_SIZE;
/** Products and sums of these are exact in both kinds of float, so right means equal. */
const VALUES = [-1, -0.5, 0, 0.5, 1];

export async function checkProduct(bench: Workbench, scalar: Scalar): Promise<ProductCheck> {
  const a = pattern(7);
  const b = pattern(11);
  const buffers = [
    bench.storage(encode(a, scalar)),
    bench.storage(encode(b, scalar)),
    bench.empty(ENTRIES * (scalar === 'f16' ? 2 : 4)),
  ];
  const groups = MATRIX_SIZE / 16;
  await compute(bench, matrixProduct(scalar), buffers, [groups, groups]);
  const product = decode(await readBack(bench, buffers[2] as GPUBuffer), scalar);
  const expected = productOf(a, b);
  const wrong = expected.filter((value, at) => value !== product[at]).length;
  return { entries: ENTRIES, wrong };
}

/** Numbers that look random and are the same every time. */
function pattern(step: number): number[] {
  return Array.from(
    { length: ENTRIES },
    (_, at) => VALUES[(at * step + (at >> 6)) % VALUES.length] as number,
  );
}

function productOf(a: number[], b: number[]): number[] {
  const at = (matrix: number[], row: number, column: number) =>
    matrix[row * MATRIX_SIZE + column] as number;
  return Array.from({ length: ENTRIES }, (_, entry) => {
    const row = Math.floor(entry / MATRIX_SIZE);
    const column = entry % MATRIX_SIZE;
    let sum = 0;
    for (let k = 0; k < MATRIX_SIZE; k++) sum += at(a, row, k) * at(b, k, column);
    return sum;
  });
}

function encode(values: number[], scalar: Scalar): ArrayBuffer {
  const typed = scalar === 'f16' ? Uint16Array.from(values, halfBits) : Float32Array.from(values);
  return typed.buffer as ArrayBuffer;
}

function decode(bytes: ArrayBuffer, scalar: Scalar): number[] {
  return scalar === 'f16'
    ? Array.from(new Uint16Array(bytes), halfValue)
    : Array.from(new Float32Array(bytes));
}
