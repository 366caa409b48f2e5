/** Mobile numbers of mainland China, in the one form that is kept: eleven digits. */

const PHONE = /^1\d{10}$/;

/** The number without blanks, dashes and the country's code; texts that are no number come back as they are otherwise. */
export function barePhone(text: string): string {
  return text.replace(/[\s-]/g, '').replace(/^\+?86(?=1\d{10}$)/, '');
}

/** Whether a text that `barePhone` gave is a number. */
export function isPhone(text: string): boolean {
  return PHONE.test(text);
}
