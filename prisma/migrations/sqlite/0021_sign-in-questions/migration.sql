-- Columns are added in place, as everywhere. A code that was scanned and not used before this is asked about no more: it lapses.
ALTER TABLE "SignInCode" ADD COLUMN "number" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "SignInCode" ADD COLUMN "askedAt" DATETIME;
ALTER TABLE "SignInCode" ADD COLUMN "confirmedAt" DATETIME;
ALTER TABLE "SignInCode" ADD COLUMN "rejectedAt" DATETIME;

-- CreateIndex
CREATE INDEX "SignInCode_personId_idx" ON "SignInCode"("personId");
