-- How many codes a contact was sent on the day of its last one.
ALTER TABLE "ContactCheck" ADD COLUMN "sends" INTEGER NOT NULL DEFAULT 0;
