-- DropIndex
DROP INDEX "QrCode_appId_topicId_permanent_createdAt_idx";

-- AlterTable
ALTER TABLE "NotifyCode" ADD COLUMN     "sealed" TEXT COLLATE "C" NOT NULL DEFAULT '';

-- CreateIndex
CREATE INDEX "QrCode_appId_topicId_permanent_createdAt_scene_idx" ON "QrCode"("appId", "topicId", "permanent", "createdAt", "scene");
