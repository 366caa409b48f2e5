-- DropIndex
DROP INDEX "Callback_appId_idx";

-- CreateIndex
CREATE INDEX "Callback_appId_scope_url_idx" ON "Callback"("appId", "scope", "url");
