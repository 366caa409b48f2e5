-- AlterTable
ALTER TABLE "Key" ADD COLUMN     "scopes" TEXT COLLATE "C" NOT NULL DEFAULT '',
ADD COLUMN     "sessionId" INTEGER,
ADD COLUMN     "usedAt" TIMESTAMP(3);

-- CreateIndex
CREATE INDEX "Key_sessionId_idx" ON "Key"("sessionId");
