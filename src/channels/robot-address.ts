/** Reads a chat robot's credential, given by itself or as the whole webhook address that its page shows. */

/** Where the credential stands in an address. */
export interface AddressForm {
  /** The name of the query parameter that holds it. */
  query?: string;
  /** What stands before it in the path. */
  path?: string;
}

/** The credential of an address of this form, or the text itself where it is no address. Empty where it has none. */
export function readCredential(text: string, form: AddressForm): string {
  const trimmed = text.trim();
  const url = /^https?:\/\//i.test(trimmed) && URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (url === null) {
    return trimmed;
  }
  if (form.query !== undefined) {
    return url.searchParams.get(form.query) ?? '';
  }
  const at = form.path === undefined ? -1 : url.pathname.indexOf(form.path);
  return at < 0 ? '' : (url.pathname.slice(at + (form.path ?? '').length).split('/')[0] ?? '');
}

/** Whether a credential has only characters that robots' keys are made of. */
export function isCredential(text: string): boolean {
  return /^[\w.-]{1,200}$/.test(text);
}
