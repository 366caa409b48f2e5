-- AlterTable
ALTER TABLE "Message" ADD COLUMN "sequence" TEXT;

-- CreateIndex
CREATE INDEX "Message_sequence_idx" ON "Message"("sequence", "id") WHERE "sequence" IS NOT NULL;
