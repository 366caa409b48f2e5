-- CreateIndex
CREATE INDEX "Person_nickname_idx" ON "Person"("nickname");

-- CreateIndex
CREATE INDEX "Subscription_remark_idx" ON "Subscription"("remark");
