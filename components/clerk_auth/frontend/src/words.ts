/** The sign-in's own words, in the languages that the chat has. */

import type { Locale } from "../../../shared/locale";

export interface Words {
  loading: string;
  signIn: string;
  notNow: string;
  signOut: string;
  signingOut: string;
  /** Stands for the name of someone who has none. */
  signedIn: string;
  tryAgain: string;
  unreachableForGuests: string;
  unreachableButNeeded: string;
  popupBlocked: string;
  signOutFailed: string;
  notChecked: string;
  /** @param reason - one of Python's codes, for whoever runs the app. */
  refused: (reason: string) => string;
}

export const WORDS: Record<Locale, Words> = {
  en: {
    loading: "Looking whether you are signed in…",
    signIn: "Sign in",
    notNow: "Not now",
    signOut: "Sign out",
    signingOut: "Signing out…",
    signedIn: "Signed in",
    tryAgain: "Try again",
    unreachableForGuests: "Sign-in cannot be reached right now. You can go on as a guest.",
    unreachableButNeeded:
      "Sign-in cannot be reached right now. This app needs it; what you have here stays until it is back.",
    popupBlocked:
      "Your browser blocked the sign-in window. Allow pop-ups for this page, then try again.",
    signOutFailed: "Signing out did not work. Check your connection and try again.",
    notChecked: "You are signed in, but this app could not check it with Clerk just now.",
    refused: (reason) =>
      `You are signed in with Clerk, but this app did not accept it (${reason}).`,
  },
  de: {
    loading: "Es wird nachgesehen, ob Sie angemeldet sind…",
    signIn: "Anmelden",
    notNow: "Nicht jetzt",
    signOut: "Abmelden",
    signingOut: "Sie werden abgemeldet…",
    signedIn: "Angemeldet",
    tryAgain: "Erneut versuchen",
    unreachableForGuests:
      "Die Anmeldung ist gerade nicht erreichbar. Sie können als Gast weitermachen.",
    unreachableButNeeded:
      "Die Anmeldung ist gerade nicht erreichbar. Diese App braucht sie; was Sie hier haben, bleibt, bis sie wieder da ist.",
    popupBlocked:
      "Ihr Browser hat das Anmeldefenster blockiert. Erlauben Sie Pop-ups für diese Seite und versuchen Sie es erneut.",
    signOutFailed:
      "Das Abmelden hat nicht geklappt. Prüfen Sie Ihre Verbindung und versuchen Sie es erneut.",
    notChecked: "Sie sind angemeldet, aber diese App konnte es gerade nicht bei Clerk überprüfen.",
    refused: (reason) =>
      `Sie sind bei Clerk angemeldet, aber diese App hat es nicht anerkannt (${reason}).`,
  },
  es: {
    loading: "Comprobando si ha iniciado sesión…",
    signIn: "Iniciar sesión",
    notNow: "Ahora no",
    signOut: "Cerrar sesión",
    signingOut: "Cerrando sesión…",
    signedIn: "Sesión iniciada",
    tryAgain: "Intentar de nuevo",
    unreachableForGuests:
      "El inicio de sesión no está disponible ahora. Puede continuar como invitado.",
    unreachableButNeeded:
      "El inicio de sesión no está disponible ahora. Esta aplicación lo necesita; lo que tiene aquí permanece hasta que vuelva.",
    popupBlocked:
      "Su navegador bloqueó la ventana de inicio de sesión. Permita las ventanas emergentes en esta página e inténtelo de nuevo.",
    signOutFailed: "No se pudo cerrar la sesión. Compruebe su conexión e inténtelo de nuevo.",
    notChecked:
      "Ha iniciado sesión, pero esta aplicación no pudo comprobarlo con Clerk en este momento.",
    refused: (reason) =>
      `Ha iniciado sesión con Clerk, pero esta aplicación no lo aceptó (${reason}).`,
  },
};
