-- DropIndex
DROP INDEX "QrCode_appId_topicId_permanent_idx";

-- CreateIndex
CREATE INDEX "QrCode_appId_topicId_permanent_createdAt_idx" ON "QrCode"("appId", "topicId", "permanent", "createdAt");
