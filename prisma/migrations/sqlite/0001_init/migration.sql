-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL,
    "updatedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "PlatformToken" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL,
    "expiresAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Account" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "personId" BIGINT,
    "role" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Plan" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "limits" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "Person" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "nickname" TEXT NOT NULL DEFAULT '',
    "pausedAt" DATETIME,
    "route" TEXT NOT NULL DEFAULT '',
    "quietFrom" INTEGER,
    "quietTo" INTEGER,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Identity" (
    "platform" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "externalId" TEXT NOT NULL,
    "personId" BIGINT NOT NULL,
    "following" BOOLEAN NOT NULL,
    "followedAt" DATETIME,
    "leftAt" DATETIME,

    PRIMARY KEY ("platform", "account", "externalId"),
    CONSTRAINT "Identity_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "App" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "accountId" INTEGER,
    "planId" INTEGER,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "contact" TEXT NOT NULL DEFAULT '',
    "followTip" TEXT NOT NULL DEFAULT '',
    "settingUrl" TEXT NOT NULL DEFAULT '',
    "settingSecret" TEXT NOT NULL DEFAULT '',
    "subscribeCode" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "deletedAt" DATETIME,
    CONSTRAINT "App_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "App_planId_fkey" FOREIGN KEY ("planId") REFERENCES "Plan" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "AppToken" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "appId" INTEGER NOT NULL,
    "hint" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "AppToken_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Topic" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "appId" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL,
    "deletedAt" DATETIME,
    CONSTRAINT "Topic_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Subscription" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "personId" BIGINT NOT NULL,
    "appId" INTEGER NOT NULL,
    "topicId" INTEGER NOT NULL DEFAULT 0,
    "source" TEXT NOT NULL,
    "extra" TEXT NOT NULL DEFAULT '',
    "blocked" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "Subscription_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Subscription_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "QrCode" (
    "scene" TEXT NOT NULL PRIMARY KEY,
    "code" TEXT NOT NULL,
    "appId" INTEGER NOT NULL,
    "topicId" INTEGER NOT NULL DEFAULT 0,
    "extra" TEXT NOT NULL DEFAULT '',
    "permanent" BOOLEAN NOT NULL,
    "ticket" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "expiresAt" DATETIME,
    "createdAt" DATETIME NOT NULL,
    "scans" INTEGER NOT NULL DEFAULT 0,
    "lastPersonId" BIGINT,
    "lastScanAt" DATETIME
);

-- CreateTable
CREATE TABLE "Key" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "personId" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL,
    "revokedAt" DATETIME,
    CONSTRAINT "Key_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "OneTimeLink" (
    "hash" TEXT NOT NULL PRIMARY KEY,
    "personId" BIGINT NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    "usedAt" DATETIME
);

-- CreateTable
CREATE TABLE "ChannelConfig" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "personId" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "config" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "isDefault" BOOLEAN NOT NULL DEFAULT false,
    "fallback" INTEGER,
    "lastOkAt" DATETIME,
    "lastError" TEXT NOT NULL DEFAULT '',
    "lastErrorAt" DATETIME,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "ChannelConfig_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Message" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "appId" INTEGER,
    "senderId" BIGINT,
    "source" TEXT NOT NULL,
    "title" TEXT NOT NULL DEFAULT '',
    "summary" TEXT NOT NULL DEFAULT '',
    "body" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "url" TEXT NOT NULL DEFAULT '',
    "audience" TEXT NOT NULL,
    "targets" TEXT NOT NULL,
    "priority" INTEGER NOT NULL DEFAULT 0,
    "channels" TEXT,
    "extras" TEXT,
    "state" TEXT NOT NULL,
    "cursor" TEXT NOT NULL DEFAULT '',
    "total" INTEGER NOT NULL DEFAULT 0,
    "sent" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "cancelled" INTEGER NOT NULL DEFAULT 0,
    "dedupeKey" TEXT,
    "createdAt" DATETIME NOT NULL,
    "sendAt" DATETIME,
    "expiresAt" DATETIME,
    "finishedAt" DATETIME,
    "deletedAt" DATETIME
);

-- CreateTable
CREATE TABLE "Delivery" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "messageId" BIGINT,
    "personId" BIGINT,
    "eventId" BIGINT,
    "callbackId" INTEGER,
    "appId" INTEGER,
    "slot" TEXT NOT NULL DEFAULT '',
    "channel" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "configId" INTEGER,
    "route" TEXT NOT NULL DEFAULT '',
    "state" TEXT NOT NULL,
    "dueAt" DATETIME NOT NULL,
    "leaseUntil" DATETIME,
    "owner" TEXT,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "attempts" TEXT NOT NULL DEFAULT '[]',
    "ref" TEXT,
    "createdAt" DATETIME NOT NULL,
    "finishedAt" DATETIME
);

-- CreateTable
CREATE TABLE "Event" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "dedupeKey" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "appId" INTEGER NOT NULL,
    "personId" BIGINT,
    "data" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Callback" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "appId" INTEGER NOT NULL,
    "url" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "style" TEXT NOT NULL,
    "disabledAt" DATETIME,
    "why" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "Callback_appId_fkey" FOREIGN KEY ("appId") REFERENCES "App" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Inbound" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "owner" TEXT NOT NULL,
    "claimedAt" DATETIME NOT NULL,
    "doneAt" DATETIME,
    "reply" TEXT
);

-- CreateTable
CREATE TABLE "Receipt" (
    "ref" TEXT NOT NULL PRIMARY KEY,
    "status" TEXT NOT NULL,
    "at" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Conversation" (
    "personId" BIGINT NOT NULL PRIMARY KEY,
    "appId" INTEGER,
    "pending" TEXT,
    "until" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Pause" (
    "queue" TEXT NOT NULL PRIMARY KEY,
    "until" DATETIME NOT NULL,
    "code" TEXT NOT NULL,
    "why" TEXT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "Account_personId_key" ON "Account"("personId");

-- CreateIndex
CREATE UNIQUE INDEX "Plan_code_key" ON "Plan"("code");

-- CreateIndex
CREATE UNIQUE INDEX "Person_uid_key" ON "Person"("uid");

-- CreateIndex
CREATE INDEX "Identity_personId_platform_idx" ON "Identity"("personId", "platform");

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
CREATE INDEX "Subscription_appId_topicId_id_idx" ON "Subscription"("appId", "topicId", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Subscription_personId_appId_topicId_key" ON "Subscription"("personId", "appId", "topicId");

-- CreateIndex
CREATE UNIQUE INDEX "QrCode_code_key" ON "QrCode"("code");

-- CreateIndex
CREATE INDEX "QrCode_appId_topicId_permanent_idx" ON "QrCode"("appId", "topicId", "permanent");

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
CREATE UNIQUE INDEX "Message_dedupeKey_key" ON "Message"("dedupeKey");

-- CreateIndex
CREATE INDEX "Message_state_id_idx" ON "Message"("state", "id");

-- CreateIndex
CREATE INDEX "Message_appId_id_idx" ON "Message"("appId", "id");

-- CreateIndex
CREATE INDEX "Message_createdAt_idx" ON "Message"("createdAt");

-- CreateIndex
CREATE INDEX "Delivery_state_queue_dueAt_id_idx" ON "Delivery"("state", "queue", "dueAt", "id");

-- CreateIndex
CREATE INDEX "Delivery_ref_idx" ON "Delivery"("ref");

-- CreateIndex
CREATE INDEX "Delivery_callbackId_id_idx" ON "Delivery"("callbackId", "id");

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
CREATE INDEX "Callback_appId_idx" ON "Callback"("appId");

-- CreateIndex
CREATE INDEX "Inbound_claimedAt_idx" ON "Inbound"("claimedAt");

-- CreateIndex
CREATE INDEX "Receipt_at_idx" ON "Receipt"("at");

-- CreateIndex
CREATE INDEX "Conversation_until_idx" ON "Conversation"("until");
