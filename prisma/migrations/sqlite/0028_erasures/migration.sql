-- CreateTable
CREATE TABLE "Erasure" (
    "personId" BIGINT NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "askedAt" DATETIME NOT NULL
);

-- CreateIndex
CREATE INDEX "Identity_left_idx" ON "Identity"("leftAt") WHERE "leftAt" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Event_person_idx" ON "Event"("personId", "id") WHERE "personId" IS NOT NULL;
