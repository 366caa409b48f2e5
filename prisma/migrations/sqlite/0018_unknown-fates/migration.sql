-- Columns are added in place: writing a table of millions anew would hold up the start.
ALTER TABLE "Delivery" ADD COLUMN "triedAt" DATETIME;
ALTER TABLE "Delivery" ADD COLUMN "doubtAt" DATETIME;
ALTER TABLE "Message" ADD COLUMN "unknown" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "App" ADD COLUMN "ratherTwice" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "ChannelConfig" ADD COLUMN "ratherTwice" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "Message_unknown_idx" ON "Message"("id") WHERE "unknown" > 0;

-- CreateIndex
CREATE INDEX "Delivery_unknown_idx" ON "Delivery"("messageId", "personId", "slot") WHERE "state" = 'unknown';
