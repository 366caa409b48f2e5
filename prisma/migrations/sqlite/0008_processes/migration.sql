-- CreateTable
CREATE TABLE "Lease" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "owner" TEXT NOT NULL,
    "until" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "SharedWindow" (
    "name" TEXT NOT NULL PRIMARY KEY,
    "times" TEXT NOT NULL
);
