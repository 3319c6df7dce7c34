/**
 * Which browser, operating system and GPU these are, as the advice's table names them. Client hints
 * come first (Chromium), the user agent string second; Bowser knows both.
 */
import Bowser from 'bowser';

export type BrowserName =
  | 'chrome'
  | 'edge'
  | 'chromium'
  | 'brave'
  | 'opera'
  | 'vivaldi'
  | 'samsung'
  | 'firefox'
  | 'safari'
  | 'other';
export type SystemName = 'windows' | 'macos' | 'linux' | 'chromeos' | 'android' | 'ios' | 'other';
export type GpuMaker =
  | 'nvidia'
  | 'amd'
  | 'intel'
  | 'apple'
  | 'qualcomm'
  | 'arm'
  | 'imagination'
  | 'software'
  | 'other';

export interface Platform {
  browser: BrowserName;
  /** The browser's own name, for people. */
  browserTitle: string;
  /** Major version. */
  version: number | null;
  system: SystemName;
  systemTitle: string;
  architecture: string | null;
  gpu: GpuMaker;
  /** Shown inside another site's page, where browsers keep storage closed or apart. */
  embedded: boolean;
}

export interface PlatformSource {
  userAgent: string;
  hints: ClientHints | undefined;
  touchPoints: number;
  embedded: boolean;
  /** The GPU's name as WebGL states it; '' where there is no WebGL. */
  webglRenderer: string;
}

export interface ClientHints {
  brands?: { brand: string; version: string }[];
  mobile?: boolean;
  platform?: string;
  platformVersion?: string;
  architecture?: string;
}

const BROWSERS: Record<string, BrowserName> = {
  Chrome: 'chrome',
  'Microsoft Edge': 'edge',
  Chromium: 'chromium',
  Brave: 'brave',
  Opera: 'opera',
  Vivaldi: 'vivaldi',
  'Samsung Internet for Android': 'samsung',
  Firefox: 'firefox',
  Safari: 'safari',
};

const SYSTEMS: Record<string, SystemName> = {
  Windows: 'windows',
  macOS: 'macos',
  Linux: 'linux',
  'Chrome OS': 'chromeos',
  Android: 'android',
  iOS: 'ios',
};

/** In this order: ANGLE's renderer names hold its backend's maker too ('ANGLE (Intel, …)'). */
const MAKERS: [RegExp, GpuMaker][] = [
  [/swiftshader|llvmpipe|software|basic render|google/i, 'software'],
  [/nvidia|geforce|quadro|tesla/i, 'nvidia'],
  [/\bamd\b|radeon|\bati\b/i, 'amd'],
  [/qualcomm|adreno|snapdragon/i, 'qualcomm'],
  [/img|imagination|powervr/i, 'imagination'],
  [/apple/i, 'apple'],
  [/intel/i, 'intel'],
  [/\barm\b|mali/i, 'arm'],
];

export async function describePlatform(
  source: PlatformSource | Promise<PlatformSource> = browserSource(),
): Promise<Platform> {
  const { userAgent, hints, touchPoints, embedded, webglRenderer } = await source;
  const { browser, os } = Bowser.parse(userAgent || 'unknown', hints);
  const system = SYSTEMS[os.name ?? ''] ?? 'other';
  // An iPad's Safari says it is a Mac; no Mac has a touch screen.
  const iPad = system === 'macos' && touchPoints > 1;
  return {
    browser: BROWSERS[browser.name ?? ''] ?? 'other',
    browserTitle: browser.name ?? 'this browser',
    version: majorVersion(browser.version),
    system: iPad ? 'ios' : system,
    systemTitle: iPad ? 'iPadOS' : (os.name ?? 'unknown system'),
    architecture: hints?.architecture || null,
    gpu: gpuMaker(webglRenderer),
    embedded,
  };
}

/** @param name - a vendor, architecture or renderer, as WebGPU or WebGL states it. */
export function gpuMaker(name: string): GpuMaker {
  return MAKERS.find(([pattern]) => pattern.test(name))?.[1] ?? 'other';
}

function majorVersion(version: string | undefined): number | null {
  const major = Number.parseInt(version ?? '', 10);
  return Number.isNaN(major) ? null : major;
}

type NavigatorWithHints = Navigator & {
  userAgentData?: ClientHints & {
    getHighEntropyValues: (names: string[]) => Promise<ClientHints>;
  };
};

async function browserSource(): Promise<PlatformSource> {
  const { userAgent, userAgentData, maxTouchPoints } = navigator as NavigatorWithHints;
  return {
    userAgent,
    hints: await userAgentData
      ?.getHighEntropyValues(['platformVersion', 'architecture'])
      .catch(() => undefined),
    touchPoints: maxTouchPoints,
    embedded: isEmbedded(),
    webglRenderer: webglRenderer(),
  };
}

/** The component's own iframe has the app's origin; a page of another site above it has not. */
function isEmbedded(): boolean {
  try {
    return window.top?.location.origin !== window.location.origin;
  } catch {
    return true;
  }
}

/** WebGL often names the GPU where WebGPU is off, which is when it matters. */
function webglRenderer(): string {
  try {
    const context = new OffscreenCanvas(1, 1).getContext('webgl');
    const names = context?.getExtension('WEBGL_debug_renderer_info');
    const name = names ? String(context?.getParameter(names.UNMASKED_RENDERER_WEBGL)) : '';
    context?.getExtension('WEBGL_lose_context')?.loseContext();
    return name;
  } catch {
    return '';
  }
}
