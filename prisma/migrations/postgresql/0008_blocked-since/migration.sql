-- AlterTable
ALTER TABLE "Subscription" ADD COLUMN     "blockedAt" TIMESTAMP(3);
