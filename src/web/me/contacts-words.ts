/** The words of the page of one's phone and mail address. */

/** Chinese first, then English. */
export const CONTACTS_WORDS = {
  heading: ['手机与邮箱', 'Phone and e-mail'],
  lead: [
    '绑定后，邮件和短信通道可以发到这里。只有你自己看得到。',
    'Mail and SMS channels can reach you here. Nobody else sees it.',
  ],
  email: ['邮箱', 'E-mail'],
  phone: ['手机号', 'Mobile phone'],
  emailHint: ['如 name@example.com', 'As in name@example.com'],
  phoneHint: ['中国大陆手机号', 'A number of mainland China'],
  sendCode: ['发送验证码', 'Send a code'],
  sent: ['验证码已发送，10 分钟内有效', 'The code is on its way; it works for ten minutes'],
  code: ['验证码', 'Code'],
  codeHint: ['6 位数字', 'Six digits'],
  confirm: ['确认', 'Confirm'],
  bound: ['已绑定', 'Verified'],
  notBound: ['未绑定', 'None'],
  emailLabel: ['邮箱地址', 'Mail address'],
  phoneLabel: ['手机号码', 'Number'],
  emailNew: ['新的邮箱地址', 'New mail address'],
  phoneNew: ['新的手机号码', 'New number'],
  unbind: ['解除绑定', 'Remove'],
  unbindOf: ['解除绑定{what}', 'Remove the {what}'],
  unbindAsk: ['解除后，邮件和短信不会再发到这里。继续？', 'Nothing will be sent there any more. Go on?'],
  wasBound: ['{what}已绑定', 'The {what} is verified'],
  wasRemoved: ['{what}已解除绑定', 'The {what} is removed'],
} as const satisfies Record<string, readonly [string, string]>;
