/** The seam between Streamlit and the sign-in. */

import "../../../shared/guard";
import { type RenderData, Streamlit } from "streamlit-component-lib";
import { holdingWhileLeaving } from "../../../shared/page-links";
import { adoptPageFonts, applyTheme, type PageTheme } from "../../../shared/theme";
import { publishableKey } from "./frontendApi";
import { locale } from "./locale";
import { type Report, Reporter } from "./reports";
import { type Args, SignIn } from "./signIn";
import { refuseNavigation } from "./stayPut";
import "./style.css";

const root = document.getElementById("root") as HTMLElement;
let signIn: SignIn | null = null;
let themeBefore = "";

function render({ args, theme }: { args: Args; theme?: PageTheme }): void {
  const themeNow = JSON.stringify(theme);
  if (theme && themeNow !== themeBefore) {
    applyTheme(theme);
    signIn?.themeChanged();
    themeBefore = themeNow;
  }
  if (!signIn) {
    signIn = new SignIn(
      root,
      publishableKey(),
      args.required,
      new Reporter(
        holdingWhileLeaving<Report>(window.parent, (report) => Streamlit.setComponentValue(report)),
      ),
    );
    void signIn.start();
  }
  signIn.hear(args);
}

document.documentElement.lang = locale;
refuseNavigation();
adoptPageFonts(window.parent.document);
Streamlit.events.addEventListener(Streamlit.RENDER_EVENT, (event) =>
  render((event as CustomEvent<RenderData<Args>>).detail),
);
Streamlit.setComponentReady();
new ResizeObserver(() =>
  Streamlit.setFrameHeight(Math.ceil(root.getBoundingClientRect().height)),
).observe(root);
