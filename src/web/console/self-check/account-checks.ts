/** The checks of the server's other accounts: mail, short messages, the WeCom app. */
import { bad, type Check, type CheckNeeds, type Finding, good, off, refused, say, warn } from './finding.js';

/** These checks, in the order of the page. */
export const ACCOUNT_CHECKS: readonly Check[] = [
  { id: 'mail', group: 'others', title: say('邮件（SMTP）', 'Mail (SMTP)'), run: checkMail },
  { id: 'sms', group: 'others', title: say('短信', 'Short messages'), run: checkSms },
  { id: 'wecom', group: 'others', title: say('企业微信应用', 'WeCom app'), run: checkWecom },
];

async function checkMail({ outside }: CheckNeeds): Promise<Finding> {
  if (!outside.verifyMailer) {
    return off(
      say('没有设置', 'Not set up'),
      say('需要时设置 SMTP_URL 和 MAIL_FROM。', 'Set SMTP_URL and MAIL_FROM where you want it.'),
    );
  }
  const told = await outside.verifyMailer();
  return told.ok
    ? good('能连接并登录', 'Connects and logs in')
    : bad(
        say(told.why, told.why),
        say(
          '检查 SMTP_URL 的主机、端口、用户名和授权码。',
          'Check host, port, user and password of SMTP_URL.',
        ),
      );
}

async function checkSms({ outside }: CheckNeeds): Promise<Finding> {
  const { sms } = outside;
  if (!sms) {
    return off(
      say('没有设置', 'Not set up'),
      say(
        '需要时设置 SMS_ACCESS_KEY_ID 等四项。',
        'Set SMS_ACCESS_KEY_ID and the other three where you want it.',
      ),
    );
  }
  const found = say(
    `签名「${sms.signName}」，模板 ${sms.templateCode}`,
    `Signature “${sms.signName}”, template ${sms.templateCode}`,
  );
  return sms.codeTemplate === null
    ? warn(
        found,
        say(
          '没有设置 SMS_CODE_TEMPLATE：验证码会套用消息模板发送。',
          'SMS_CODE_TEMPLATE is not set: verification codes go by the template of messages.',
        ),
      )
    : { light: 'good', found };
}

async function checkWecom({ outside }: CheckNeeds): Promise<Finding> {
  if (!outside.checkWecom) {
    return off(
      say('没有设置', 'Not set up'),
      say(
        '需要时设置 WECOM_CORP_ID、WECOM_AGENT_ID 和 WECOM_SECRET。',
        'Set WECOM_CORP_ID, WECOM_AGENT_ID and WECOM_SECRET where you want it.',
      ),
    );
  }
  const told = await outside.checkWecom();
  return told.ok ? good(`应用「${told.value}」可以发送`, `The app “${told.value}” may send`) : refused(told);
}
