-- CreateIndex
CREATE INDEX "Delivery_routed_idx" ON "Delivery"("state", "queue", "dueAt", "id") WHERE ("route" > '[]');
