"""Long campaigns against newscast: kills, damage, full disks, hostile documents and queries; by `make endurance`."""
