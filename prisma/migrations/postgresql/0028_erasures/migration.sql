-- CreateTable
CREATE TABLE "Erasure" (
    "personId" BIGINT NOT NULL,
    "uid" TEXT COLLATE "C" NOT NULL,
    "cause" TEXT COLLATE "C" NOT NULL,
    "askedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "Erasure_pkey" PRIMARY KEY ("personId")
);

-- CreateIndex
CREATE INDEX "Identity_left_idx" ON "Identity"("leftAt") WHERE "leftAt" IS NOT NULL;

-- CreateIndex
CREATE INDEX "Event_person_idx" ON "Event"("personId", "id") WHERE "personId" IS NOT NULL;
