import { useStore } from 'zustand';
import type { DeviceReport } from '../../bridge/protocol';
import { EngineStatus } from '../EngineStatus';
import { useServices } from '../services';
import { deviceText } from '../texts';

type Result = 'pass' | 'warn' | 'fail';

interface Check {
  id: string;
  name: string;
  result: Result;
  value: string;
}

const MARK: Record<Result, string> = { pass: '✓', warn: '!', fail: '✕' };

/** What the look at this browser and its GPU found. */
export function DiagnosticsView() {
  const { engine } = useServices();
  const device = useStore(engine.state, (state) => state.device);
  return (
    <main className="flex flex-col gap-3 p-1">
      <EngineStatus />
      <p className="text-sm">{deviceText(device)}</p>
      {device && (
        <ul className="flex flex-col gap-2">
          {checks(device).map(({ id, name, result, value }) => (
            <li
              key={id}
              data-testid="check"
              data-check={id}
              data-result={result}
              className="flex justify-between gap-4 rounded-ui border border-line px-3 py-2 text-sm"
            >
              <span>
                <span aria-hidden className={result === 'pass' ? 'text-good' : 'text-bad'}>
                  {MARK[result]}
                </span>{' '}
                {name}
              </span>
              <span className="text-right text-muted">{value}</span>
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}

function checks(device: DeviceReport): Check[] {
  const gpu = device.webgpu === 'available';
  const found = gpu || device.webgpu === 'software-only';
  const list: Check[] = [
    {
      id: 'secure-context',
      name: 'Secure connection',
      result: device.secure_context ? 'pass' : 'fail',
      value: device.secure_context ? 'HTTPS or localhost' : 'not HTTPS',
    },
    {
      id: 'webgpu',
      name: 'WebGPU',
      result: gpu ? 'pass' : found ? 'warn' : 'fail',
      value: device.webgpu,
    },
  ];
  if (!found) return list;
  return [
    ...list,
    {
      id: 'adapter',
      name: 'GPU',
      result: gpu ? 'pass' : 'warn',
      value:
        [device.vendor, device.architecture, device.description].filter(Boolean).join(' · ') ||
        'not named by the browser',
    },
    {
      id: 'shader-f16',
      name: '16-bit arithmetic (shader-f16)',
      result: device.shader_f16 ? 'pass' : 'warn',
      value: device.shader_f16 ? 'yes' : 'no: 32-bit builds are used',
    },
    {
      id: 'max-buffer-size',
      name: 'Largest buffer',
      // WebLLM 0.2.86 refuses adapters below 256 MiB, and asks for 1 GiB.
      result:
        device.max_buffer_size >= 2 ** 30
          ? 'pass'
          : device.max_buffer_size >= 2 ** 28
            ? 'warn'
            : 'fail',
      value: `${Math.round(device.max_buffer_size / 2 ** 20)} MiB`,
    },
  ];
}
