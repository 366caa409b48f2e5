-- AlterTable
ALTER TABLE "QrCode" ADD COLUMN "usual" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "MailConsent" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "personId" BIGINT NOT NULL,
    "addressHash" TEXT NOT NULL,
    "address" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "askedAt" DATETIME NOT NULL,
    "decidedAt" DATETIME,
    CONSTRAINT "MailConsent_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "MailConsent_addressHash_idx" ON "MailConsent"("addressHash");

-- CreateIndex
CREATE UNIQUE INDEX "MailConsent_personId_addressHash_key" ON "MailConsent"("personId", "addressHash");
