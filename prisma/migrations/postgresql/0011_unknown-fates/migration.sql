-- AlterTable
ALTER TABLE "App" ADD COLUMN     "ratherTwice" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "ChannelConfig" ADD COLUMN     "ratherTwice" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "Delivery" ADD COLUMN     "doubtAt" TIMESTAMP(3),
ADD COLUMN     "triedAt" TIMESTAMP(3);

-- AlterTable
ALTER TABLE "Message" ADD COLUMN     "unknown" INTEGER NOT NULL DEFAULT 0;

-- CreateIndex
CREATE INDEX "Delivery_unknown_idx" ON "Delivery"("messageId", "personId", "slot") WHERE ("state" = 'unknown');

-- CreateIndex
CREATE INDEX "Message_unknown_idx" ON "Message"("id") WHERE ("unknown" > 0);
