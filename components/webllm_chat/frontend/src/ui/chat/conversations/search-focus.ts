/** Lets a shortcut put the caret into the search field, which may not be on the page yet. */
let field: HTMLInputElement | null = null;
let wanted = false;

export function focusConversationSearch(): void {
  wanted = true;
  giveFocus();
}

export function setConversationSearch(element: HTMLInputElement | null): void {
  field = element;
  giveFocus();
}

function giveFocus(): void {
  if (!wanted || !field) return;
  wanted = false;
  field.focus();
  field.select();
}
