-- CreateTable
CREATE TABLE "NotifyCode" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "personId" BIGINT NOT NULL,
    "ownerId" BIGINT,
    "refusesLong" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL,
    CONSTRAINT "NotifyCode_personId_fkey" FOREIGN KEY ("personId") REFERENCES "Person" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "NotifyCode_hash_key" ON "NotifyCode"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "NotifyCode_personId_key" ON "NotifyCode"("personId");

-- CreateIndex
CREATE INDEX "NotifyCode_ownerId_idx" ON "NotifyCode"("ownerId");
