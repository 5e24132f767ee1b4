module conformance/suite

go 1.26.0
