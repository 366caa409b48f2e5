-- Columns are added in place: the tables are not copied, and nothing that refers to them is touched.
ALTER TABLE "Account" ADD COLUMN "disabledAt" DATETIME;
ALTER TABLE "Person" ADD COLUMN "email" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Person" ADD COLUMN "phone" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Person" ADD COLUMN "points" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "App" ADD COLUMN "ownerId" BIGINT REFERENCES "Person" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Topic" ADD COLUMN "alias" TEXT;
ALTER TABLE "Topic" ADD COLUMN "contact" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Topic" ADD COLUMN "receipt" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Subscription" ADD COLUMN "remark" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Subscription" ADD COLUMN "muted" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "Key" ADD COLUMN "name" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Key" ADD COLUMN "expiresAt" DATETIME;
ALTER TABLE "Message" ADD COLUMN "callbackId" INTEGER;
ALTER TABLE "Delivery" ADD COLUMN "readAt" DATETIME;
ALTER TABLE "Callback" ADD COLUMN "oldSecret" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Callback" ADD COLUMN "oldUntil" DATETIME;
ALTER TABLE "Callback" ADD COLUMN "scope" TEXT NOT NULL DEFAULT 'app';
ALTER TABLE "Callback" ADD COLUMN "completions" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "Session" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hash" TEXT NOT NULL,
    "personId" BIGINT NOT NULL,
    "accountId" INTEGER,
    "userAgent" TEXT NOT NULL DEFAULT '',
    "address" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL,
    "seenAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,
    CONSTRAINT "Session_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "Session_accountId_fkey" FOREIGN KEY ("accountId") REFERENCES "Account" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "SignInCode" (
    "scene" TEXT NOT NULL PRIMARY KEY,
    "hash" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "personId" BIGINT,
    "expiresAt" DATETIME NOT NULL,
    "usedAt" DATETIME
);

-- CreateTable
CREATE TABLE "AuditEntry" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "accountId" INTEGER,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL DEFAULT '',
    "detail" TEXT NOT NULL DEFAULT '',
    "address" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "HourFigure" (
    "hour" DATETIME NOT NULL,
    "name" TEXT NOT NULL,
    "value" REAL NOT NULL,

    PRIMARY KEY ("hour", "name")
);

-- CreateTable
CREATE TABLE "Preference" (
    "personId" BIGINT NOT NULL,
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,

    PRIMARY KEY ("personId", "name"),
    CONSTRAINT "Preference_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "ContactCheck" (
    "personId" BIGINT NOT NULL,
    "kind" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "codeHash" TEXT NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "sentAt" DATETIME NOT NULL,
    "expiresAt" DATETIME NOT NULL,

    PRIMARY KEY ("personId", "kind"),
    CONSTRAINT "ContactCheck_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "PointEntry" (
    "id" BIGINT NOT NULL PRIMARY KEY,
    "personId" BIGINT NOT NULL,
    "amount" INTEGER NOT NULL,
    "cause" TEXT NOT NULL,
    "note" TEXT NOT NULL DEFAULT '',
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "PointEntry_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE UNIQUE INDEX "App_ownerId_key" ON "App"("ownerId");
CREATE UNIQUE INDEX "Topic_appId_alias_key" ON "Topic"("appId", "alias");
CREATE UNIQUE INDEX "Session_hash_key" ON "Session"("hash");
CREATE INDEX "Session_personId_idx" ON "Session"("personId");
CREATE INDEX "Session_expiresAt_idx" ON "Session"("expiresAt");
CREATE UNIQUE INDEX "SignInCode_hash_key" ON "SignInCode"("hash");
CREATE INDEX "SignInCode_expiresAt_idx" ON "SignInCode"("expiresAt");
CREATE INDEX "AuditEntry_accountId_id_idx" ON "AuditEntry"("accountId", "id");
CREATE INDEX "AuditEntry_createdAt_idx" ON "AuditEntry"("createdAt");
CREATE UNIQUE INDEX "PointEntry_cause_key" ON "PointEntry"("cause");
CREATE INDEX "PointEntry_personId_id_idx" ON "PointEntry"("personId", "id");
CREATE INDEX "Delivery_personId_id_idx" ON "Delivery"("personId", "id");
CREATE INDEX "Message_senderId_id_idx" ON "Message"("senderId", "id");
