/** The robot's error numbers with the texts and HTTP statuses that Feishu sends, and how a call is refused with one. */

/** Number to text and status; both 200 and 400 occur, so a sender must look at the code. */
const ERRORS: Readonly<Record<number, { msg: string; status: number }>> = {
  9499: { msg: 'Bad Request', status: 400 },
  10208: { msg: 'message type not supported', status: 200 },
  11232: { msg: 'frequency limited psm[lark.oapi.app_platform_runtime]appID[1500]', status: 400 },
  19001: { msg: 'param invalid: incoming webhook access token invalid', status: 400 },
  19002: { msg: 'params error', status: 200 },
  19007: { msg: 'Bot Not Enabled', status: 200 },
  19021: {
    msg: 'sign match fail or timestamp is not within one hour from current time',
    status: 200,
  },
  19022: { msg: 'Ip Not Allowed', status: 200 },
  19024: { msg: 'Key Words Not Found', status: 200 },
  19036: { msg: 'body too large', status: 400 },
};

/** A call that Feishu refuses. */
export class FeishuRefusal extends Error {
  override readonly name = 'FeishuRefusal';
  readonly status: number;
  constructor(
    readonly code: number,
    /** What takes the place of the number's own text and status. */
    readonly own: { msg?: string; status?: number } = {},
  ) {
    super(`code ${code}`);
    this.status = own.status ?? ERRORS[code]?.status ?? 400;
  }
}

/** The body of a refusal: no StatusCode, which only success has. */
export function refusalBody(code: number, msg = ERRORS[code]?.msg ?? 'unknown error'): object {
  return { code, data: {}, msg };
}
