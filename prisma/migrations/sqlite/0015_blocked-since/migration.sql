-- AlterTable
ALTER TABLE "Subscription" ADD COLUMN "blockedAt" DATETIME;
