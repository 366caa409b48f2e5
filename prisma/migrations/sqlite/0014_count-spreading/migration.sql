-- Messages are counted as they are spread from here on. One that is half spread now was going to be counted at its end.
UPDATE "Message" SET
  "total" = (SELECT count(*) FROM "Delivery" d WHERE d."messageId" = "Message"."id"),
  "sent" = (SELECT count(*) FROM "Delivery" d WHERE d."messageId" = "Message"."id" AND d."state" = 'sent'),
  "failed" = (SELECT count(*) FROM "Delivery" d WHERE d."messageId" = "Message"."id" AND d."state" = 'failed'),
  "cancelled" = (SELECT count(*) FROM "Delivery" d WHERE d."messageId" = "Message"."id" AND d."state" = 'cancelled')
WHERE "state" = 'spreading';
