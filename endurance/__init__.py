"""Long tests of newscast against kills, damage, full disks, hostile documents and queries; see `make endurance`."""
