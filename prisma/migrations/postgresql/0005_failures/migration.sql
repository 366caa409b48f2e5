-- CreateIndex
CREATE INDEX "Delivery_failed_idx" ON "Delivery"("messageId", "personId", "slot") WHERE ("state" = 'failed');

-- CreateIndex
CREATE INDEX "Message_failed_idx" ON "Message"("id") WHERE ("failed" > 0);
