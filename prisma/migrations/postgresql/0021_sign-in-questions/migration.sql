-- AlterTable
ALTER TABLE "SignInCode" ADD COLUMN     "askedAt" TIMESTAMP(3),
ADD COLUMN     "confirmedAt" TIMESTAMP(3),
ADD COLUMN     "number" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "rejectedAt" TIMESTAMP(3);

-- CreateIndex
CREATE INDEX "SignInCode_personId_idx" ON "SignInCode"("personId");
