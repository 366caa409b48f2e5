-- Codes are counted with all other limits now.
ALTER TABLE "ContactCheck" DROP COLUMN "sends";
