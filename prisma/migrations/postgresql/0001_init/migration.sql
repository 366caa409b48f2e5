-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT COLLATE "C" NOT NULL,
    "value" TEXT COLLATE "C" NOT NULL,
    "updatedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "PlatformToken" (
    "name" TEXT COLLATE "C" NOT NULL,
    "value" TEXT COLLATE "C" NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "PlatformToken_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "Account" (
    "id" SERIAL NOT NULL,
    "personId" BIGINT,
    "role" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "disabledAt" TIMESTAMP(3),

    CONSTRAINT "Account_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Session" (
    "id" SERIAL NOT NULL,
    "hash" TEXT COLLATE "C" NOT NULL,
    "personId" BIGINT NOT NULL,
    "accountId" INTEGER,
    "userAgent" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "address" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,
    "seenAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SignInCode" (
    "scene" TEXT COLLATE "C" NOT NULL,
    "hash" TEXT COLLATE "C" NOT NULL,
    "url" TEXT COLLATE "C" NOT NULL,
    "personId" BIGINT,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "SignInCode_pkey" PRIMARY KEY ("scene")
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" BIGINT NOT NULL,
    "accountId" INTEGER,
    "actor" TEXT COLLATE "C" NOT NULL,
    "action" TEXT COLLATE "C" NOT NULL,
    "target" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "detail" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "address" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AuditEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HourFigure" (
    "hour" TIMESTAMP(3) NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "value" DOUBLE PRECISION NOT NULL,

    CONSTRAINT "HourFigure_pkey" PRIMARY KEY ("hour","name")
);

-- CreateTable
CREATE TABLE "Plan" (
    "id" SERIAL NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "limits" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Person" (
    "id" BIGINT NOT NULL,
    "uid" TEXT COLLATE "C" NOT NULL,
    "nickname" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "pausedAt" TIMESTAMP(3),
    "route" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "quietFrom" INTEGER,
    "quietTo" INTEGER,
    "email" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "phone" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "points" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Preference" (
    "personId" BIGINT NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,
    "value" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Preference_pkey" PRIMARY KEY ("personId","name")
);

-- CreateTable
CREATE TABLE "ContactCheck" (
    "personId" BIGINT NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,
    "codeHash" TEXT COLLATE "C" NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "sends" INTEGER NOT NULL DEFAULT 0,
    "sentAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ContactCheck_pkey" PRIMARY KEY ("personId","kind")
);

-- CreateTable
CREATE TABLE "PointEntry" (
    "id" BIGINT NOT NULL,
    "personId" BIGINT NOT NULL,
    "amount" INTEGER NOT NULL,
    "cause" TEXT COLLATE "C" NOT NULL,
    "note" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "PointEntry_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Identity" (
    "platform" TEXT COLLATE "C" NOT NULL,
    "account" TEXT COLLATE "C" NOT NULL,
    "externalId" TEXT COLLATE "C" NOT NULL,
    "personId" BIGINT NOT NULL,
    "following" BOOLEAN NOT NULL,
    "followedAt" TIMESTAMP(3),
    "leftAt" TIMESTAMP(3),

    CONSTRAINT "Identity_pkey" PRIMARY KEY ("platform","account","externalId")
);

-- CreateTable
CREATE TABLE "App" (
    "id" SERIAL NOT NULL,
    "accountId" INTEGER,
    "ownerId" BIGINT,
    "planId" INTEGER,
    "name" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "contact" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "followTip" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "settingUrl" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "settingSecret" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "subscribeCode" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "deletedAt" TIMESTAMP(3),

    CONSTRAINT "App_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "AppToken" (
    "hash" TEXT COLLATE "C" NOT NULL,
    "appId" INTEGER NOT NULL,
    "hint" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "AppToken_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "Topic" (
    "id" SERIAL NOT NULL,
    "appId" INTEGER NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "alias" TEXT COLLATE "C",
    "name" TEXT COLLATE "C" NOT NULL,
    "description" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "contact" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "receipt" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,
    "deletedAt" TIMESTAMP(3),

    CONSTRAINT "Topic_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Subscription" (
    "id" BIGINT NOT NULL,
    "personId" BIGINT NOT NULL,
    "appId" INTEGER NOT NULL,
    "topicId" INTEGER NOT NULL DEFAULT 0,
    "source" TEXT COLLATE "C" NOT NULL,
    "extra" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "remark" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "blocked" BOOLEAN NOT NULL DEFAULT false,
    "muted" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Subscription_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "QrCode" (
    "scene" TEXT COLLATE "C" NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "appId" INTEGER NOT NULL,
    "topicId" INTEGER NOT NULL DEFAULT 0,
    "extra" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "permanent" BOOLEAN NOT NULL,
    "ticket" TEXT COLLATE "C" NOT NULL,
    "url" TEXT COLLATE "C" NOT NULL,
    "expiresAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,
    "scans" INTEGER NOT NULL DEFAULT 0,
    "lastPersonId" BIGINT,
    "lastScanAt" TIMESTAMP(3),

    CONSTRAINT "QrCode_pkey" PRIMARY KEY ("scene")
);

-- CreateTable
CREATE TABLE "Key" (
    "id" SERIAL NOT NULL,
    "personId" BIGINT NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "hash" TEXT COLLATE "C" NOT NULL,
    "sealed" TEXT COLLATE "C" NOT NULL,
    "hint" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,
    "expiresAt" TIMESTAMP(3),
    "revokedAt" TIMESTAMP(3),

    CONSTRAINT "Key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "OneTimeLink" (
    "hash" TEXT COLLATE "C" NOT NULL,
    "personId" BIGINT NOT NULL,
    "expiresAt" TIMESTAMP(3) NOT NULL,
    "usedAt" TIMESTAMP(3),

    CONSTRAINT "OneTimeLink_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "ChannelConfig" (
    "id" SERIAL NOT NULL,
    "personId" BIGINT NOT NULL,
    "kind" TEXT COLLATE "C" NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "config" TEXT COLLATE "C" NOT NULL,
    "queue" TEXT COLLATE "C" NOT NULL,
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "fallback" INTEGER,
    "lastOkAt" TIMESTAMP(3),
    "lastError" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "lastErrorAt" TIMESTAMP(3),
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "ChannelConfig_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "NotifyCode" (
    "id" SERIAL NOT NULL,
    "hash" TEXT COLLATE "C" NOT NULL,
    "hint" TEXT COLLATE "C" NOT NULL,
    "personId" BIGINT NOT NULL,
    "ownerId" BIGINT,
    "refusesLong" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "NotifyCode_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Message" (
    "id" BIGINT NOT NULL,
    "appId" INTEGER,
    "senderId" BIGINT,
    "source" TEXT COLLATE "C" NOT NULL,
    "title" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "summary" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "body" TEXT COLLATE "C" NOT NULL,
    "format" TEXT COLLATE "C" NOT NULL,
    "url" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "audience" TEXT COLLATE "C" NOT NULL,
    "targets" TEXT COLLATE "C" NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "channels" TEXT COLLATE "C",
    "extras" TEXT COLLATE "C",
    "state" TEXT COLLATE "C" NOT NULL,
    "cursor" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "total" INTEGER NOT NULL DEFAULT 0,
    "sent" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "cancelled" INTEGER NOT NULL DEFAULT 0,
    "dedupeKey" TEXT COLLATE "C",
    "callbackId" INTEGER,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "sendAt" TIMESTAMP(3),
    "expiresAt" TIMESTAMP(3),
    "finishedAt" TIMESTAMP(3),
    "deletedAt" TIMESTAMP(3),

    CONSTRAINT "Message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Delivery" (
    "id" BIGINT NOT NULL,
    "messageId" BIGINT,
    "personId" BIGINT,
    "eventId" BIGINT,
    "callbackId" INTEGER,
    "appId" INTEGER,
    "slot" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "channel" TEXT COLLATE "C" NOT NULL,
    "queue" TEXT COLLATE "C" NOT NULL,
    "configId" INTEGER,
    "route" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "state" TEXT COLLATE "C" NOT NULL,
    "dueAt" TIMESTAMP(3) NOT NULL,
    "leaseUntil" TIMESTAMP(3),
    "owner" TEXT COLLATE "C",
    "tries" INTEGER NOT NULL DEFAULT 0,
    "attempts" TEXT COLLATE "C" NOT NULL DEFAULT '[]',
    "ref" TEXT COLLATE "C",
    "createdAt" TIMESTAMP(3) NOT NULL,
    "finishedAt" TIMESTAMP(3),
    "readAt" TIMESTAMP(3),

    CONSTRAINT "Delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Event" (
    "id" BIGINT NOT NULL,
    "dedupeKey" TEXT COLLATE "C" NOT NULL,
    "type" TEXT COLLATE "C" NOT NULL,
    "appId" INTEGER NOT NULL,
    "personId" BIGINT,
    "data" TEXT COLLATE "C" NOT NULL,
    "state" TEXT COLLATE "C" NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Callback" (
    "id" SERIAL NOT NULL,
    "appId" INTEGER NOT NULL,
    "url" TEXT COLLATE "C" NOT NULL,
    "secret" TEXT COLLATE "C" NOT NULL,
    "oldSecret" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "oldUntil" TIMESTAMP(3),
    "style" TEXT COLLATE "C" NOT NULL,
    "scope" TEXT COLLATE "C" NOT NULL DEFAULT 'app',
    "completions" BOOLEAN NOT NULL DEFAULT false,
    "disabledAt" TIMESTAMP(3),
    "why" TEXT COLLATE "C" NOT NULL DEFAULT '',
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Callback_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "Inbound" (
    "key" TEXT COLLATE "C" NOT NULL,
    "owner" TEXT COLLATE "C" NOT NULL,
    "claimedAt" TIMESTAMP(3) NOT NULL,
    "doneAt" TIMESTAMP(3),
    "reply" TEXT COLLATE "C",

    CONSTRAINT "Inbound_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "Receipt" (
    "ref" TEXT COLLATE "C" NOT NULL,
    "status" TEXT COLLATE "C" NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Receipt_pkey" PRIMARY KEY ("ref")
);

-- CreateTable
CREATE TABLE "Conversation" (
    "personId" BIGINT NOT NULL,
    "appId" INTEGER,
    "pending" TEXT COLLATE "C",
    "until" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Conversation_pkey" PRIMARY KEY ("personId")
);

-- CreateTable
CREATE TABLE "Pause" (
    "queue" TEXT COLLATE "C" NOT NULL,
    "until" TIMESTAMP(3) NOT NULL,
    "code" TEXT COLLATE "C" NOT NULL,
    "why" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "Pause_pkey" PRIMARY KEY ("queue")
);

-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT COLLATE "C" NOT NULL,
    "owner" TEXT COLLATE "C" NOT NULL,
    "until" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Lease_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "SharedWindow" (
    "name" TEXT COLLATE "C" NOT NULL,
    "times" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "SharedWindow_pkey" PRIMARY KEY ("name")
);

-- CreateIndex
CREATE UNIQUE INDEX "Account_personId_key" ON "Account"("personId");

-- CreateIndex
CREATE UNIQUE INDEX "Session_hash_key" ON "Session"("hash");

-- CreateIndex
CREATE INDEX "Session_personId_idx" ON "Session"("personId");

-- CreateIndex
CREATE INDEX "Session_expiresAt_idx" ON "Session"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "SignInCode_hash_key" ON "SignInCode"("hash");

-- CreateIndex
CREATE INDEX "SignInCode_expiresAt_idx" ON "SignInCode"("expiresAt");

-- CreateIndex
CREATE INDEX "AuditEntry_accountId_id_idx" ON "AuditEntry"("accountId", "id");

-- CreateIndex
CREATE INDEX "AuditEntry_createdAt_idx" ON "AuditEntry"("createdAt");

-- CreateIndex
CREATE UNIQUE INDEX "Plan_code_key" ON "Plan"("code");

-- CreateIndex
CREATE UNIQUE INDEX "Person_uid_key" ON "Person"("uid");

-- CreateIndex
CREATE INDEX "Person_nickname_idx" ON "Person"("nickname");

-- CreateIndex
CREATE UNIQUE INDEX "PointEntry_cause_key" ON "PointEntry"("cause");

-- CreateIndex
CREATE INDEX "PointEntry_personId_id_idx" ON "PointEntry"("personId", "id");

-- CreateIndex
CREATE INDEX "Identity_personId_platform_idx" ON "Identity"("personId", "platform");

-- CreateIndex
CREATE UNIQUE INDEX "App_ownerId_key" ON "App"("ownerId");

-- CreateIndex
CREATE UNIQUE INDEX "App_subscribeCode_key" ON "App"("subscribeCode");

-- CreateIndex
CREATE INDEX "App_accountId_idx" ON "App"("accountId");

-- CreateIndex
CREATE INDEX "AppToken_appId_idx" ON "AppToken"("appId");

-- CreateIndex
CREATE UNIQUE INDEX "Topic_code_key" ON "Topic"("code");

-- CreateIndex
CREATE INDEX "Topic_appId_idx" ON "Topic"("appId");

-- CreateIndex
CREATE UNIQUE INDEX "Topic_appId_alias_key" ON "Topic"("appId", "alias");

-- CreateIndex
CREATE INDEX "Subscription_appId_topicId_id_idx" ON "Subscription"("appId", "topicId", "id");

-- CreateIndex
CREATE INDEX "Subscription_remark_idx" ON "Subscription"("remark");

-- CreateIndex
CREATE UNIQUE INDEX "Subscription_personId_appId_topicId_key" ON "Subscription"("personId", "appId", "topicId");

-- CreateIndex
CREATE UNIQUE INDEX "QrCode_code_key" ON "QrCode"("code");

-- CreateIndex
CREATE INDEX "QrCode_appId_topicId_permanent_createdAt_idx" ON "QrCode"("appId", "topicId", "permanent", "createdAt");

-- CreateIndex
CREATE INDEX "QrCode_expiresAt_idx" ON "QrCode"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "Key_hash_key" ON "Key"("hash");

-- CreateIndex
CREATE INDEX "Key_personId_kind_idx" ON "Key"("personId", "kind");

-- CreateIndex
CREATE INDEX "OneTimeLink_expiresAt_idx" ON "OneTimeLink"("expiresAt");

-- CreateIndex
CREATE UNIQUE INDEX "ChannelConfig_personId_code_key" ON "ChannelConfig"("personId", "code");

-- CreateIndex
CREATE UNIQUE INDEX "NotifyCode_hash_key" ON "NotifyCode"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "NotifyCode_personId_key" ON "NotifyCode"("personId");

-- CreateIndex
CREATE INDEX "NotifyCode_ownerId_idx" ON "NotifyCode"("ownerId");

-- CreateIndex
CREATE UNIQUE INDEX "Message_dedupeKey_key" ON "Message"("dedupeKey");

-- CreateIndex
CREATE INDEX "Message_state_id_idx" ON "Message"("state", "id");

-- CreateIndex
CREATE INDEX "Message_appId_id_idx" ON "Message"("appId", "id");

-- CreateIndex
CREATE INDEX "Message_senderId_id_idx" ON "Message"("senderId", "id");

-- CreateIndex
CREATE INDEX "Message_createdAt_idx" ON "Message"("createdAt");

-- CreateIndex
CREATE INDEX "Delivery_state_queue_dueAt_id_idx" ON "Delivery"("state", "queue", "dueAt", "id");

-- CreateIndex
CREATE INDEX "Delivery_ref_idx" ON "Delivery"("ref");

-- CreateIndex
CREATE INDEX "Delivery_callbackId_id_idx" ON "Delivery"("callbackId", "id");

-- CreateIndex
CREATE INDEX "Delivery_personId_id_idx" ON "Delivery"("personId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Delivery_messageId_personId_slot_key" ON "Delivery"("messageId", "personId", "slot");

-- CreateIndex
CREATE UNIQUE INDEX "Delivery_eventId_callbackId_key" ON "Delivery"("eventId", "callbackId");

-- CreateIndex
CREATE UNIQUE INDEX "Event_dedupeKey_key" ON "Event"("dedupeKey");

-- CreateIndex
CREATE INDEX "Event_state_id_idx" ON "Event"("state", "id");

-- CreateIndex
CREATE INDEX "Event_appId_id_idx" ON "Event"("appId", "id");

-- CreateIndex
CREATE INDEX "Callback_appId_scope_url_idx" ON "Callback"("appId", "scope", "url");

-- CreateIndex
CREATE INDEX "Inbound_claimedAt_idx" ON "Inbound"("claimedAt");

-- CreateIndex
CREATE INDEX "Receipt_at_idx" ON "Receipt"("at");

-- CreateIndex
CREATE INDEX "Conversation_until_idx" ON "Conversation"("until");

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Session" ADD CONSTRAINT "Session_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Preference" ADD CONSTRAINT "Preference_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ContactCheck" ADD CONSTRAINT "ContactCheck_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "PointEntry" ADD CONSTRAINT "PointEntry_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Identity" ADD CONSTRAINT "Identity_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "App" ADD CONSTRAINT "App_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "App" ADD CONSTRAINT "App_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "Person"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "App" ADD CONSTRAINT "App_planId_fkey" FOREIGN KEY ("planId") REFERENCES "Plan"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "AppToken" ADD CONSTRAINT "AppToken_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Topic" ADD CONSTRAINT "Topic_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Subscription" ADD CONSTRAINT "Subscription_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Subscription" ADD CONSTRAINT "Subscription_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Key" ADD CONSTRAINT "Key_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ChannelConfig" ADD CONSTRAINT "ChannelConfig_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "NotifyCode" ADD CONSTRAINT "NotifyCode_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "Callback" ADD CONSTRAINT "Callback_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App"("id") ON DELETE CASCADE ON UPDATE CASCADE;
