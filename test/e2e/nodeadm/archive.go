package configprovider

import internalapi "github.com/awslabs/amazon-eks-ami/nodeadm/internal/api"

// ReadArchive reads user data as nodeadm does on an instance: every NodeConfig part, merged in order.
func ReadArchive(userData []byte) (*internalapi.NodeConfig, error) {
	reader, err := getMIMEMultipartReader(userData)
	if err != nil {
		return nil, err
	}
	return parseMultipart(reader)
}
