/** The compute shaders of the checks (WGSL). */

export type Scalar = 'f32' | 'f16';

/** Numbers along one side of the matrices that are multiplied. */
export const MATRIX_SIZE = 64;

const enable = (scalar: Scalar) => (scalar === 'f16' ? 'enable f16;\n' : '');

/** C = A·B in tiles of workgroup memory, as the models' own matrix kernels work. */
export function matrixProduct(scalar: Scalar): string {
  return `${enable(scalar)}
const SIZE = ${MATRIX_SIZE}u;
@group(0) @binding(0) var<storage, read> a: array<${scalar}>;
@group(0) @binding(1) var<storage, read> b: array<${scalar}>;
@group(0) @binding(2) var<storage, read_write> c: array<${scalar}>;
var<workgroup> tileA: array<${scalar}, 256>;
var<workgroup> tileB: array<${scalar}, 256>;
@compute @workgroup_size(16, 16)
fn main(
  @builtin(global_invocation_id) at: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  var sum = ${scalar}(0);
  for (var tile = 0u; tile < SIZE / 16u; tile++) {
    tileA[local.y * 16u + local.x] = a[at.y * SIZE + tile * 16u + local.x];
    tileB[local.y * 16u + local.x] = b[(tile * 16u + local.y) * SIZE + at.x];
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      sum += tileA[local.y * 16u + k] * tileB[k * 16u + local.x];
    }
    workgroupBarrier();
  }
  c[at.y * SIZE + at.x] = sum;
}`;
}

/** Reads all of a buffer once; the sums keep the compiler from leaving the reads out. */
export const READ_ALL = `
@group(0) @binding(0) var<storage, read> data: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> sums: array<vec4f>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) at: vec3u, @builtin(num_workgroups) groups: vec3u) {
  var sum = vec4f(0);
  let stride = groups.x * 256u;
  for (var i = at.x; i < arrayLength(&data); i += stride) {
    sum += data[i];
  }
  sums[at.x] = sum;
}`;

/** Fused multiply-adds of one invocation of `multiplyAdd`: 4 vectors of 4 lanes, 64 times. */
export const MULTIPLY_ADDS = 64 * 4 * 4;

export function multiplyAdd(scalar: Scalar): string {
  const vec = scalar === 'f16' ? 'vec4h' : 'vec4f';
  return `${enable(scalar)}
@group(0) @binding(0) var<storage, read_write> results: array<${vec}>;
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) at: vec3u) {
  let factor = ${vec}(${scalar}(at.x % 7u) * 0.125);
  var p = factor; var q = factor + 0.25; var r = factor + 0.5; var s = factor + 0.75;
  for (var i = 0; i < 64; i++) {
    p = fma(p, factor, q); q = fma(q, factor, r); r = fma(r, factor, s); s = fma(s, factor, p);
  }
  results[at.x] = p + q + r + s;
}`;
}

/** As good as nothing, so that what is measured is the launch. */
export const ADD_ONE = `
@group(0) @binding(0) var<storage, read_write> number: array<u32>;
@compute @workgroup_size(1)
fn main() {
  number[0] += 1u;
}`;
