/** The only importer of streamlit-component-lib: render arguments in, component values out. */
// The package's index also exports React 16 helpers; this module of it holds only the protocol.
import { type RenderData, Streamlit } from 'streamlit-component-lib/dist/streamlit';
import { adoptPageFonts, applyTheme } from '../../../../shared/theme';
import { Meter } from './meter';
import { type RenderArgs, SETTINGS_DEFAULTS } from './protocol';
import type { Report } from './reporter';

/** Calls `onRender` for each render Streamlit asks for, and keeps the page's theme current. */
export function connect(onRender: (args: RenderArgs) => void): void {
  Streamlit.events.addEventListener(Streamlit.RENDER_EVENT, (event) => {
    const { args, theme } = (event as CustomEvent<RenderData<RenderArgs>>).detail;
    if (theme) applyTheme(theme);
    onRender(complete(args));
  });
  adoptPageFonts(window.parent.document);
  Streamlit.setComponentReady();
}

/** Of the settings Python leaves out what is the default. */
function complete(sent: RenderArgs): RenderArgs {
  return { ...sent, settings: { ...SETTINGS_DEFAULTS, ...sent.settings } };
}

/** @param height - of the iframe, in CSS pixels. */
export function setFrameHeight(height: number): void {
  Streamlit.setFrameHeight(height);
}

/** What this visit has sent. */
export const meter = new Meter();

/** The only way out: nothing else sends values to the server. */
export function sendReport(report: Report): void {
  meter.count(
    report,
    report.messages?.map(({ text }) => text),
  );
  Streamlit.setComponentValue(report);
}
