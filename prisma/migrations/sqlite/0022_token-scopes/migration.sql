-- Keys that exist have no scopes, which means all that they could do, and no sign-in that made them.
ALTER TABLE "Key" ADD COLUMN "scopes" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Key" ADD COLUMN "sessionId" INTEGER;
ALTER TABLE "Key" ADD COLUMN "usedAt" DATETIME;

-- CreateIndex
CREATE INDEX "Key_sessionId_idx" ON "Key"("sessionId");
