/** Pushes as the platforms' documentation describes them, and the odd ways in which one and the same push may be written. */

/** A field's text, a list of texts (the field repeats), or fields of its own. */
export type Value = string | number | readonly Value[] | { readonly [name: string]: Value };
/** A push, field by field. */
export type Shape = Readonly<Record<string, Value>>;

/** The kinds of messages and their own fields. */
const MESSAGES: Readonly<Record<string, Shape>> = {
  text: { Content: 'help' },
  image: { PicUrl: 'http://mmbiz.qpic.cn/1', MediaId: 'm1' },
  voice: { MediaId: 'm2', Format: 'amr', MediaId16K: 'm3', Recognition: '帮助' },
  video: { MediaId: 'm4', ThumbMediaId: 't1' },
  shortvideo: { MediaId: 'm5', ThumbMediaId: 't2' },
  location: { Location_X: '23.134521', Location_Y: '113.358803', Scale: 20, Label: '位置' },
  link: { Title: '标题', Description: '描述', Url: 'https://example.com/?a=1&b=2' },
  file: { Title: 'a.pdf', Description: '', FileKey: 'k', FileMd5: 'f', FileTotalLen: 12 },
  miniprogrampage: { Title: 't', AppId: 'wx1', PagePath: 'p', ThumbUrl: 'u', ThumbMediaId: 'm' },
  device_text: { DeviceType: 'gh_1', DeviceID: 'd', SessionID: 9, OpenID: 'o1' },
  hardware: { HardWare: { MessageView: 'myrank', MessageAction: 'ranklist' } },
  emotion: {},
  hologram: { Shape: 'cube' },
};

const CODE = { ScanType: 'qrcode', ScanResult: '1&2' };
const PICTURES = { Count: 2, PicList: { item: [{ PicMd5Sum: 'a' }, { PicMd5Sum: 'b' }] } };
const PLACE = { Location_X: '23', Location_Y: '113', Scale: '15', Label: 'x', Poiname: '' };
const CARD = { CardId: 'p1', UserCardCode: '12312312', IsGiveByFriend: 1, FriendUserName: 'f', OuterId: 1 };

/** The events of an official account and their own fields. */
const ACCOUNT_EVENTS: Readonly<Record<string, Shape>> = {
  subscribe: { EventKey: '' },
  unsubscribe: { EventKey: '' },
  SCAN: { EventKey: '123123', Ticket: 'T' },
  LOCATION: { Latitude: '23.137466', Longitude: '113.352425', Precision: '119.385040' },
  CLICK: { EventKey: 'OTHER_MENU' },
  VIEW: { EventKey: 'https://example.com/?a=1&b=2', MenuId: '1' },
  view_miniprogram: { EventKey: 'pages/index', MenuId: '1' },
  scancode_push: { EventKey: '6', ScanCodeInfo: CODE },
  scancode_waitmsg: { EventKey: '6', ScanCodeInfo: CODE },
  pic_sysphoto: { EventKey: '6', SendPicsInfo: PICTURES },
  pic_photo_or_album: { EventKey: '6', SendPicsInfo: PICTURES },
  pic_weixin: { EventKey: '6', SendPicsInfo: PICTURES },
  location_select: { EventKey: '6', SendLocationInfo: PLACE },
  TEMPLATESENDJOBFINISH: { MsgID: '200163836', Status: 'success' },
  MASSSENDJOBFINISH: {
    MsgID: 1000001625,
    Status: 'send success',
    TotalCount: 0,
    ArticleUrlResult: { Count: 0 },
  },
  PUBLISHJOBFINISH: { PublishEventInfo: { publish_id: '1', publish_status: 0 } },
  subscribe_msg_popup_event: { SubscribeMsgPopupEvent: { List: [{ TemplateId: 'a' }, { TemplateId: 'b' }] } },
  subscribe_msg_change_event: {
    SubscribeMsgChangeEvent: { List: [{ TemplateId: 'a' }, { TemplateId: 'b' }] },
  },
  subscribe_msg_sent_event: {
    SubscribeMsgSentEvent: { List: { TemplateId: 'a', MsgID: '1', ErrorCode: '0' } },
  },
  kf_create_session: { KfAccount: 'test1@test' },
  kf_close_session: { KfAccount: 'test1@test', CloseType: 'KF' },
  kf_switch_session: { FromKfAccount: 'a@test', ToKfAccount: 'b@test' },
  card_pass_check: { CardId: 'c1' },
  card_not_pass_check: { CardId: 'c1', RefuseReason: '非法代制' },
  user_get_card: CARD,
  user_gifting_card: { ...CARD, IsReturnBack: 0, IsChatRoom: 0 },
  user_del_card: CARD,
  user_consume_card: { ...CARD, ConsumeSource: 'FROM_API', LocationName: '' },
  user_pay_from_pay_cell: { ...CARD, TransId: '10022', LocationId: 291710000, Fee: '10000' },
  user_view_card: { ...CARD, OuterStr: '12b' },
  user_enter_session_from_card: CARD,
  update_member_card: { ...CARD, ModifyBonus: 3, ModifyBalance: 0 },
  submit_membercard_user_info: CARD,
  card_sku_remind: { CardId: 'c1', Detail: 'the card id is c1, its quantity is equal to 10' },
  card_pay_order: { OrderId: '404091456', Status: 'ORDER_STATUS_FINANCE_SUCC', CreateOrderTime: 1472824306 },
  poi_check_notify: { UniqId: '123adb', PoiId: 123123, Result: 'fail', msg: 'xxx' },
  WifiConnected: { ConnectTime: 0, ExpireTime: 0, VendorId: '3001224419', ShopId: 'PlaceId', DeviceNo: 'B' },
  ShakearoundUserShake: {
    ChosenBeacon: { Uuid: 'u', Major: 1, Minor: 2 },
    AroundBeacons: { AroundBeacon: [{ Uuid: 'a' }, { Uuid: 'b' }] },
  },
  ShakearoundLotteryBind: { LotteryId: 'l', Ticket: 't', Money: 88, BindTime: 14425 },
  qualification_verify_success: { ExpiredTime: 1442401156 },
  qualification_verify_fail: { FailTime: 1442401122, FailReason: 'by time' },
  naming_verify_success: { ExpiredTime: 1442401093 },
  naming_verify_fail: { FailTime: 1442401061, FailReason: 'by time' },
  annual_renew: { ExpiredTime: 1442401004 },
  verify_expired: { ExpiredTime: 1442400900 },
  user_scan_product: { KeyStandard: 'ean13', KeyStr: '6901481811083', Country: '中国', Scene: 2 },
  user_scan_product_enter_session: { KeyStandard: 'ean13', KeyStr: '69', ExtInfo: '123' },
  user_scan_product_async: { KeyStandard: 'ean13', KeyStr: '69', RegionCode: '440105' },
  user_scan_product_verify_action: { KeyStandard: 'ean13', KeyStr: '69', Result: 'verify_ok' },
  merchant_order: { OrderId: 'o', OrderStatus: 2, ProductId: 'p', SkuInfo: '10001:1000012' },
  user_info_modified: { OpenID: 'o1', AppID: 'wx1', RevokeInfo: '' },
  user_authorization_revoke: { OpenID: 'o1', AppID: 'wx1', RevokeInfo: '301', PluginID: '', OpenPID: '' },
  user_authorization_cancellation: { OpenID: 'o1', AppID: 'wx1', RevokeInfo: '1' },
  guide_qrcode_scan_event: { GuideQrcodeScanInfo: { qrcode_guide_account: 'a', openid: 'o', action: 0 } },
  guide_invite_result_event: { GuideInviteResultEvent: { guide_account: 'a', invite_result: 1 } },
  weapp_audit_success: { SuccTime: 1488856741 },
  weapp_audit_fail: { Reason: '1:账号信息不符合规范', FailTime: 1488856591, ScreenShot: 'a|b' },
  wxa_nickname_audit: { ret: 2, nickname: '昵称', reason: '驳回原因' },
  wxa_media_check: { isrisky: 0, trace_id: '1', result: { suggest: 'pass', label: 100 } },
  add_store_audit_info: { audit_id: 1, status: 3, reason: 'x', is_upgrade: 3, poiid: 12 },
  create_map_poi_audit_info: { audit_id: 1, status: 1, map_poi_id: '1', name: 'n' },
  modify_store_audit_info: { audit_id: 1, status: 1, reason: 'x' },
  open_product_spu_update: { ProductSpuUpdate: { product_id: 1 } },
  funds_order_pay: { order_info: { transaction_id: '1', pay_time: 1 } },
  trade_manage_remind_access_api: { msg: 'x' },
  xpay_goods_deliver_notify: { OpenId: 'o1', OutTradeNo: '1', Env: 0, GoodsInfo: { ProductId: 'p' } },
  debug_demo: { debug_str: 'hello world' },
  get_gift_card_pay_done: { PageId: 'p', OrderId: 'o' },
  miniprogram_card_event: {},
  an_event_of_2031: { Nested: { Deeply: { Again: 'x' } } },
  ' ': {},
};

/** The events of a WeCom app and their own fields. */
const MEMBER_EVENTS: Readonly<Record<string, Shape>> = {
  subscribe: {},
  unsubscribe: {},
  enter_agent: { EventKey: '' },
  LOCATION: { Latitude: '23.104', Longitude: '113.320', Precision: '65.000', AppType: 'wxwork' },
  click: { EventKey: 'OTHER_MENU' },
  view: { EventKey: 'https://example.com' },
  view_miniprogram: { EventKey: 'pages/index' },
  scancode_push: { EventKey: '6', ScanCodeInfo: CODE, AppType: 'wxwork' },
  scancode_waitmsg: { EventKey: '6', ScanCodeInfo: CODE, AppType: 'wxwork' },
  pic_sysphoto: { EventKey: '6', SendPicsInfo: PICTURES, AppType: 'wxwork' },
  pic_photo_or_album: { EventKey: '6', SendPicsInfo: PICTURES },
  pic_weixin: { EventKey: '6', SendPicsInfo: PICTURES },
  location_select: { EventKey: '6', SendLocationInfo: PLACE },
  batch_job_result: {
    BatchJob: { JobId: 'S0MrnndvRG5fadSlLwiBqiDDbM143UqTmKP3152FZk4', JobType: 'sync_user', ErrCode: 0 },
  },
  change_contact: {
    ChangeType: 'create_user',
    UserID: 'zhangsan',
    Department: '1,2',
    ExtAttr: { Item: [{ Name: 'a' }, { Name: 'b' }] },
  },
  change_external_contact: {
    ChangeType: 'add_external_contact',
    UserID: 'z',
    ExternalUserID: 'wm1',
    State: 's',
    WelcomeCode: 'w',
  },
  change_external_chat: {
    ChatId: 'c',
    ChangeType: 'update',
    UpdateDetail: 'add_member',
    MemChangeList: { Item: ['a', 'b'] },
  },
  change_external_tag: { Id: 't', TagType: 'tag', ChangeType: 'create' },
  open_approval_change: {
    ApprovalInfo: { ThirdNo: '2', OpenSpStatus: 1, ApprovalNodes: { ApprovalNode: [{ NodeStatus: 1 }] } },
  },
  sys_approval_change: { ApprovalInfo: { SpNo: '2', SpRecord: [{ SpStatus: 1 }, { SpStatus: 1 }] } },
  share_agent_change: {},
  share_chain_change: {},
  template_card_event: {
    EventKey: 'k',
    TaskId: 't',
    CardType: 'text_notice',
    ResponseCode: 'r',
    SelectedItems: { SelectedItem: [{ QuestionKey: 'q' }] },
  },
  template_card_menu_event: { EventKey: 'k', TaskId: 't', CardType: 'text_notice', ResponseCode: 'r' },
  close_inactive_agent: {},
  low_version_notice: {},
  kf_msg_or_event: { Token: 'T', OpenKfId: 'wk1' },
  kf_account_auth_change: { AuthAddOpenKfId: ['wk1', 'wk2'], AuthDelOpenKfId: ['wk3', 'wk4'] },
  living_status_change: { LivingId: 'l', Status: 1 },
  msgaudit_notify: {},
  meeting_change: { MeetingId: 'm' },
  book_meeting_room: { MeetingRoomId: 1, BookingId: 'b' },
  cancel_meeting_room: { MeetingRoomId: 1, BookingId: 'b' },
  customer_acquisition: { ChangeType: 'friend_request', LinkId: 'l', State: 's' },
  doc_change: { DocId: 'd', ChangeType: 'delete_doc' },
  smart_sheet_change: { DocId: 'd', ChangeType: 'add_record' },
  upload_media_job_finish: { JobId: 'j' },
  program_notify: { NotifyId: 'n' },
  wedrive_insufficient_capacity: {},
  modify_calendar: { CalId: 'c' },
  add_schedule: { CalId: 'c', ScheduleId: 's' },
  respond_schedule: { CalId: 'c', ScheduleId: 's' },
  checkin_remind: { CheckinTime: 1 },
  pstncc_result: { CallId: 'c' },
  chat_archive_audit_approved_single: { ExternalUserId: 'w' },
  submit_order: { OrderId: 'o' },
  unlicensed_notify: {},
  ' ': {},
};

/** What a suite or a customer-service account is told: no kind, no sender. */
const SENDERLESS: readonly Shape[] = [
  ...[
    'suite_ticket',
    'create_auth',
    'change_auth',
    'cancel_auth',
    'reset_permanent_code',
    'register_corp',
  ].map((InfoType) => ({
    SuiteId: 'ww4asffe9xxx',
    InfoType,
    TimeStamp: 1403610513,
    AuthCode: 'a',
    SuiteTicket: 's',
  })),
  ...['component_verify_ticket', 'authorized', 'unauthorized', 'updateauthorized'].map((InfoType) => ({
    AppId: 'wx1',
    CreateTime: 1413192605,
    InfoType,
    AuthorizerAppid: 'wx2',
  })),
];

/** All shapes of an official account, of one person. */
export function accountShapes(openid: string, nowS: number): Shape[] {
  const head = { ToUserName: 'gh_sim000000001', FromUserName: openid, CreateTime: nowS };
  return shapesOf(head, ACCOUNT_EVENTS);
}

/** All shapes of a WeCom app, of one member. */
export function memberShapes(userId: string, nowS: number): Shape[] {
  const head = { ToUserName: 'wwsim0000000001', FromUserName: userId, CreateTime: nowS, AgentID: 1000002 };
  return shapesOf(head, MEMBER_EVENTS);
}

function shapesOf(head: Shape, events: Readonly<Record<string, Shape>>): Shape[] {
  const messages = Object.entries(MESSAGES).map(([MsgType, own], at) => ({
    ...head,
    MsgType,
    ...own,
    MsgId: `2387654321098${7000 + at}`,
  }));
  const told = Object.entries(events).map(([Event, own]) => ({ ...head, MsgType: 'event', Event, ...own }));
  return [...messages, ...told, ...SENDERLESS];
}

/** The ways to write a push, by what is odd about each. */
export const WRITERS: Readonly<Record<string, (shape: Shape) => string>> = {
  'as documented': (shape) => write(shape),
  'with space around the sections': (shape) => write(shape, { around: ' \n ' }),
  'with space inside the sections of names': (shape) => write(shape, { inside: ' ' }),
  'on lines of their own, with a declaration and a comment': (shape) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<!-- a push -->\n${write(shape, { between: '\n  ' })}\n`,
  'without any section': (shape) => write(shape, { isBare: true }),
  'with repeated unknown fields': (shape) =>
    write({ ...shape, AuthAddOpenKfId: ['wk1', 'wk2'], URL: ['a', 'b'], toString: ['x', 'y'] }),
  'without a sender': ({ FromUserName: _, ...shape }) => write(shape),
  'from a sender of an impossible name': (shape) => write({ ...shape, FromUserName: "o'; drop table" }),
  'without a kind': ({ MsgType: _, ...shape }) => write(shape),
  'with a time that is none': (shape) => write({ ...shape, CreateTime: 'yesterday' }),
  'without a time or an id': ({ CreateTime: _, MsgId: _id, ...shape }) => write(shape),
  'with the markup of a section in its texts': (shape) =>
    write({ ...shape, Extra: 'if(a[b[0]]>1 && c<2) ]]></b> <![CDATA[' }),
  'as JSON': (shape) => JSON.stringify(shape),
  'as JSON on lines, with a mark before it': (shape) => `\uFEFF${JSON.stringify(shape, null, 2)}`,
};

interface Style {
  around?: string;
  inside?: string;
  between?: string;
  isBare?: true;
}

const NAMES = new Set(['FromUserName', 'MsgType', 'Event', 'ToUserName']);

function write(shape: Shape, style: Style = {}): string {
  return `<xml>${writeFields(shape, style)}${style.between ?? ''}</xml>`;
}

function writeFields(shape: Shape, style: Style): string {
  return Object.entries(shape)
    .flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => [name, one]) : [[name, value]]))
    .map(([name, value]) => `${style.between ?? ''}<${name}>${writeValue(name, value, style)}</${name}>`)
    .join('');
}

function writeValue(name: string, value: Value, style: Style): string {
  if (typeof value === 'object') {
    return writeFields(value as Shape, style);
  }
  if (typeof value === 'number' || style.isBare) {
    return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  }
  const inside = NAMES.has(name) ? (style.inside ?? '') : '';
  return `${style.around ?? ''}<![CDATA[${inside}${value}${inside}]]>${style.around ?? ''}`;
}

/** Signed nonsense: each is acknowledged, and none is a message. */
export const NONSENSE: Readonly<Record<string, string | Buffer>> = {
  nothing: '',
  blanks: ' \n\t ',
  'a word': 'success',
  'a number': '42',
  null: 'null',
  'an empty object': '{}',
  'a list': '[{"MsgType":"text"}]',
  'half a JSON': '{"MsgType": "te',
  'JSON of nested fields only': '{"FromUserName":{"a":1},"MsgType":["text"]}',
  'an empty root': '<xml/>',
  'a root with text only': '<xml>hello</xml>',
  'half an XML': '<xml><MsgType><![CDATA[text]]></MsgTy',
  'another root': '<html><body>502 Bad Gateway</body></html>',
  'two roots': '<xml><a>1</a></xml><xml><a>2</a></xml>',
  attributes: '<xml><MsgType a="b">text</MsgType></xml>',
  'an unknown entity': '<xml><MsgType>&nbsp;</MsgType></xml>',
  'forty levels': `<xml>${'<a>'.repeat(40)}${'</a>'.repeat(40)}</xml>`,
  'fifty thousand bytes of text': 'x'.repeat(50_000),
  'a field of fifty thousand bytes': `<xml><MsgType>text</MsgType><Content>${'文'.repeat(17_000)}</Content></xml>`,
  'a thousand sections that do not end': `<xml>${'<a><![CDATA[]]>'.repeat(1_000)}</xml>`,
  'many ends of no section': `<xml><Content><![CDATA[${']]>'.repeat(15_000)}</Content></xml>`,
  'another charset': Buffer.concat([
    Buffer.from('<?xml version="1.0" encoding="gbk"?><xml><MsgType>text</MsgType><Content>'),
    Buffer.from([0xc4, 0xe3, 0xba, 0xc3]),
    Buffer.from('</Content></xml>'),
  ]),
  'sixteen-bit letters': Buffer.from('\uFEFF<xml><MsgType>text</MsgType></xml>', 'utf16le'),
  'a picture': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff, 0xd8]),
  'a form': 'FromUserName=o1&MsgType=text&Content=help',
  'null characters': '<xml><MsgType>te\0xt</MsgType></xml>',
};
