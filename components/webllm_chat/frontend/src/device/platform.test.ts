import { describe, expect, it } from 'vitest';
import { describePlatform, gpuMaker, type PlatformSource } from './platform';

const KHTML = 'AppleWebKit/537.36 (KHTML, like Gecko)';
const WEBKIT = 'AppleWebKit/605.1.15 (KHTML, like Gecko)';
const MAC = `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${WEBKIT} Version/26.0 Safari/605.1.15`;

function source(userAgent: string, fields: Partial<PlatformSource> = {}): PlatformSource {
  return {
    userAgent,
    hints: undefined,
    touchPoints: 0,
    embedded: false,
    webglRenderer: '',
    ...fields,
  };
}

describe('describePlatform', () => {
  it.each([
    [
      `Mozilla/5.0 (X11; Linux x86_64) ${KHTML} Chrome/156.0.0.0 Safari/537.36`,
      'chrome',
      156,
      'linux',
    ],
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${KHTML} Chrome/150.0.0.0 Safari/537.36 Edg/150.0.0.0`,
      'edge',
      150,
      'windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0',
      'firefox',
      150,
      'windows',
    ],
    [MAC, 'safari', 26, 'macos'],
    [
      `Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) ${WEBKIT} CriOS/140.0.0.0 Mobile/15E148 Safari/604.1`,
      'chrome',
      140,
      'ios',
    ],
    [
      'Mozilla/5.0 (Android 15; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0',
      'firefox',
      150,
      'android',
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${KHTML} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
      'samsung',
      28,
      'android',
    ],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${KHTML} Chrome/150.0.0.0 Safari/537.36`,
      'chrome',
      150,
      'chromeos',
    ],
    ['', 'other', null, 'other'],
  ])('reads %s', async (userAgent, browser, version, system) => {
    expect(await describePlatform(source(userAgent))).toMatchObject({ browser, version, system });
  });

  it('believes client hints more than the user agent string', async () => {
    const windows = `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${KHTML} Chrome/150.0.0.0 Safari/537.36`;
    const hints = { brands: [{ brand: 'Brave', version: '150' }], architecture: 'arm' };
    const platform = await describePlatform(source(windows, { hints }));
    expect(platform).toMatchObject({ browser: 'brave', architecture: 'arm' });
  });

  it('tells an iPad from a Mac', async () => {
    expect((await describePlatform(source(MAC, { touchPoints: 5 }))).system).toBe('ios');
  });
});

describe('gpuMaker', () => {
  it.each([
    ['ANGLE (NVIDIA, NVIDIA GeForce RTX 4070, D3D11)', 'nvidia'],
    ['ANGLE (AMD, AMD Radeon RX 7800, OpenGL 4.6)', 'amd'],
    ['ANGLE (Intel, Mesa Intel(R) Arc, OpenGL 4.6)', 'intel'],
    ['ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device), SwiftShader driver)', 'software'],
    ['Apple GPU', 'apple'],
    ['Adreno (TM) 740', 'qualcomm'],
    ['Mali-G715', 'arm'],
    ['img-tec', 'imagination'],
    ['', 'other'],
  ])('%s', (name, maker) => {
    expect(gpuMaker(name)).toBe(maker);
  });
});
