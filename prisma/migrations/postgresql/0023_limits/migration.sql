-- AlterTable
ALTER TABLE "QrCode" ADD COLUMN     "usual" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "MailConsent" (
    "id" SERIAL NOT NULL,
    "personId" BIGINT NOT NULL,
    "addressHash" TEXT COLLATE "C" NOT NULL,
    "address" TEXT COLLATE "C" NOT NULL,
    "state" TEXT COLLATE "C" NOT NULL,
    "askedAt" TIMESTAMP(3) NOT NULL,
    "decidedAt" TIMESTAMP(3),

    CONSTRAINT "MailConsent_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "MailConsent_addressHash_idx" ON "MailConsent"("addressHash");

-- CreateIndex
CREATE UNIQUE INDEX "MailConsent_personId_addressHash_key" ON "MailConsent"("personId", "addressHash");

-- AddForeignKey
ALTER TABLE "MailConsent" ADD CONSTRAINT "MailConsent_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person"("id") ON DELETE CASCADE ON UPDATE CASCADE;
